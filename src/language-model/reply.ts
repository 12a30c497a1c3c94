import * as v from 'valibot';
import { plainLines } from '../plain.js';
import { withoutSecrets } from '../secrets.js';

/** A response as text that is safe to show: without the model's reasoning, control characters and secrets. */
export const saidBy = (response: string): string =>
  // A response may contain anything, even the key that was sent.
  withoutSecrets(plainLines(response.replace(/<think>[\s\S]*?(<\/think>|$)/g, ''))).trim();

/** Longest response that is searched for an object. */
const SEARCHED = 20_000;

/**
 * The first JSON object in a response that fits the schema: the whole response, or one in a code block or among prose.
 * undefined where there is none.
 */
export function objectIn<T>(said: string, schema: v.GenericSchema<unknown, T>): T | undefined {
  const text = said.slice(0, SEARCHED);
  for (let start = text.indexOf('{'), tried = 0; start >= 0 && tried < 20; tried++) {
    const end = closingBrace(text, start);
    if (end !== undefined) {
      const found = v.safeParse(schema, parsed(text.slice(start, end + 1)));
      if (found.success) return found.output;
    }
    start = text.indexOf('{', start + 1);
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where the object that begins at `start` ends; braces inside strings don't count. */
function closingBrace(text: string, start: number): number | undefined {
  let depth = 0;
  let isString = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (isString) {
      if (character === '\\') at++;
      else if (character === '"') isString = false;
    } else if (character === '"') isString = true;
    else if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return at;
  }
  return undefined;
}

/** Markup, links and template remains: nothing that a name or a sentence holds. */
const MARKUP = /[{}<>]|```|\]\(|:\/\/|\bwww\./i;

/**
 * One line of a model as text to show: `most` characters at most, with a letter, without markup, links and line breaks,
 * and not the beginning of a spreadsheet's formula. undefined where it is none, or is talk about the task.
 */
export function lineIn(said: string, most: number): string | undefined {
  const line = said
    // `=`, `+`, `-` and `@` would make a formula of a spreadsheet's cell.
    .replace(/^[\s"'“”„«»*`#=+@|＝＋－＠-]+|[\s"'“”„«»*`]+$/g, '')
    .normalize('NFC');
  if (line === '' || line.length > most || /[\r\n]/.test(line) || MARKUP.test(line) || !/\p{L}/u.test(line))
    return undefined;
  // A refusal, or talk about the task.
  if (/^(?:sorry|i['’]?m |i cannot|i can['’]?t|as an ai|sure|here (?:is|are)|unknown$|n\/a$)/i.test(line))
    return undefined;
  return line;
}
