/** States that a reader went through, and which of them is shown. */
export interface Past<S> {
  readonly states: readonly S[];
  readonly at: number;
}

/** Steps that are kept. */
const MOST = 300;

export const began = <S>(state: S): Past<S> => ({ states: [state], at: 0 });

/** Goes on to a state. What was undone before can't be redone any more. */
export function went<S>({ states, at }: Past<S>, state: S): Past<S> {
  const kept = [...states.slice(0, at + 1), state].slice(-MOST);
  return { states: kept, at: kept.length - 1 };
}

/** The state that is shown becomes another, as when a slider is dragged further. */
export function amended<S>({ states, at }: Past<S>, state: S): Past<S> {
  return { states: states.map((old, i) => (i === at ? state : old)), at };
}

/** So many steps back (below 0) or forward; the same past where there are none. */
export function stepped<S>(past: Past<S>, steps: number): Past<S> {
  const at = Math.min(past.states.length - 1, Math.max(0, past.at + steps));
  return at === past.at ? past : { ...past, at };
}
