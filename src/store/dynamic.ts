import type { Scalar } from './wire.js';

/**
 * The JSON of a row's dynamic fields with some keys set; the others keep their text as it is. Parsing and writing the
 * whole again would change numbers that a double doesn't hold, such as 64-bit ids.
 *
 * @param json an object, or nothing for a row without dynamic fields
 * @param changes JSON text by key; undefined takes the key out
 */
export function changeKeys(json: string, changes: ReadonlyMap<string, string | undefined>): string {
  const kept = membersOf(json.trim() === '' ? '{}' : json).filter(({ key }) => !changes.has(key));
  const set = [...changes].flatMap(([key, value]) =>
    value === undefined ? [] : [`${JSON.stringify(key)}:${value}`],
  );
  return `{${[...kept.map(({ text }) => text), ...set].join(',')}}`;
}

/**
 * The value of one key of a row's dynamic fields; objects and lists as JSON. A number that a double doesn't hold comes
 * as its digits.
 */
export function readKey(json: string, key: string): Scalar {
  if (!json.includes(key)) return null;
  const value = (JSON.parse(json) as Record<string, unknown>)[key];
  if (value === undefined || value === null) return null;
  const isLarge = Number.isInteger(value) && !Number.isSafeInteger(value);
  if (typeof value !== 'object' && !isLarge) return value as Scalar;
  const text = JSON.stringify(value);
  if (!/\d{16}/.test(text)) return text;
  const member = membersOf(json).find((found) => found.key === key)?.text ?? '';
  return member.slice(endOfString(member, 0) + 1).replace(/^\s*:\s*/, '');
}

/** The members of a JSON object, each with its text. */
function membersOf(json: string): { key: string; text: string }[] {
  const members: { key: string; text: string }[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '"') at = endOfString(json, at);
    else if (character === '{' || character === '[') {
      depth++;
      if (depth === 1) start = at + 1;
    } else if (character === '}' || character === ']' || character === ',') {
      if (depth === 1) {
        const text = json.slice(start, at).trim();
        if (text !== '') members.push({ key: keyOf(text), text });
        start = at + 1;
      }
      if (character !== ',') depth--;
    }
  }
  return members;
}

const keyOf = (member: string): string => JSON.parse(member.slice(0, endOfString(member, 0) + 1));

/** Position of the quote that closes the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === '\\') at++;
    else if (json[at] === '"') return at;
  }
  return json.length - 1;
}
