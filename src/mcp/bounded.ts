import { plainLine } from '../plain.js';

/** Characters of an answer, so that it fits into a model's context. */
const MOST_CHARACTERS = 20_000;
const TEXT_CHARACTERS = 400;

/** A text as a list shows it; `get_text` has the rest. */
export function shortText(text: string): string {
  const line = plainLine(text).replace(/\s+/g, ' ').trim();
  return line.length > TEXT_CHARACTERS ? `${line.slice(0, TEXT_CHARACTERS)}…` : line;
}

interface Page<T> {
  total: number;
  offset: number;
  /** Where the next page begins; left out on the last. */
  next_offset?: number;
  entries: T[];
}

/** A page of a list, shortened where its entries are long. */
export async function pageOf<S, T>(
  all: ArrayLike<S>,
  { offset, limit }: { offset: number; limit: number },
  entryOf: (item: S) => T | Promise<T>,
): Promise<Page<T>> {
  const entries: T[] = [];
  let characters = 0;
  let at = offset;
  for (; at < Math.min(all.length, offset + limit); at++) {
    const entry = await entryOf(all[at]);
    characters += JSON.stringify(entry).length;
    if (entries.length > 0 && characters > MOST_CHARACTERS) break;
    entries.push(entry);
  }
  return { total: all.length, offset, ...(at < all.length ? { next_offset: at } : {}), entries };
}
