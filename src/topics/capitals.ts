import { STOP, TITLE_STOP, type Tokens } from './tokens.js';

/** Whether a form begins with a capital or a digit. */
export const startsWithCapital = (form: string): boolean =>
  form[0] !== form[0].toLowerCase() || /^\d/.test(form);

const known = new WeakMap<readonly string[], Uint8Array>();

/** By form: 1 where it begins with a capital or a digit. Found once, since names are looked for at the same places again and again. */
export function capitalsOf(forms: readonly string[]): Uint8Array {
  const found = known.get(forms) ?? Uint8Array.from(forms, (form) => (startsWithCapital(form) ? 1 : 0));
  known.set(forms, found);
  return found;
}

/** Tokens that are looked back for the start of a sentence. */
const SENTENCE = 80;

/** Whether the sentence of a token is a headline, whose capitals show nothing. */
export function isInTitle(at: number, { stream }: Tokens): boolean {
  for (let back = at - 1; back >= Math.max(0, at - SENTENCE); back--) {
    if (stream[back] === STOP) return false;
    if (stream[back] === TITLE_STOP) return true;
  }
  return false;
}
