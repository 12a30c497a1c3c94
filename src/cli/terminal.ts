import { plainJson, plainLine, plainLines } from '../plain.js';
import { withoutSecrets } from '../secrets.js';

/** A text as one line for the terminal: no secret, no character that acts on the terminal. */
export const safeLine = (text: string): string => plainLine(withoutSecrets(text));

/** A value as indented JSON, without secrets and control characters. */
export const safeJson = (value: unknown): string => withoutSecrets(plainJson(value));

/** The same for several lines. */
export const safeLines = (text: string): string => plainLines(withoutSecrets(text));
