/** Everything a reader can choose. The URL's hash holds it, so a link brings back the same picture. */
export interface State {
  /** `topic`, `probability`, `outlier`, or `column:` and its index. */
  color: string;
  /** Whether noise is drawn. */
  noise: boolean;
  /** Topics switched off. */
  off: ReadonlySet<number>;
  query: string;
  /** Requested number of groups; null for the grouping that the map opens with. */
  granularity: number | null;
  /** Index of the date column that the histogram shows, -1 without one. */
  time: number;
  /** Brushed time span in milliseconds, from (included) to (excluded). */
  span: readonly [number, number] | null;
  /** Row whose card is open, -1 for none. */
  pinned: number;
  /** Topic in focus, -1 for none. */
  topic: number;
  /** Rows inside the lasso or box. */
  selection: Int32Array | null;
  /** Rows that match the query; null without one. */
  matches: Int32Array | null;
}

type Key = keyof State;
type Listener = (changed: ReadonlySet<Key>) => void;

/** The state, with listeners for its changes. */
export class Store {
  state: Readonly<State>;
  readonly #listeners: Listener[] = [];

  constructor(initial: State) {
    this.state = initial;
  }

  /** Calls `listener` after each change, in order of subscription. */
  onChange(listener: Listener): void {
    this.#listeners.push(listener);
  }

  change(part: Partial<State>): void {
    const changed = new Set<Key>();
    for (const key of Object.keys(part) as Key[]) if (this.state[key] !== part[key]) changed.add(key);
    if (changed.size === 0) return;
    this.state = { ...this.state, ...part };
    for (const listener of this.#listeners) listener(changed);
  }
}
