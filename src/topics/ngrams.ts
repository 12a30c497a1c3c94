/*
 * N-grams of languages with their scores, as a table that is used as it lies in its file: scripts/vendor.mjs makes it of the package eld,
 * detector.ts reads it. As an object of 81,000 objects, which the package has, they take 70 ms to load and 25 MB.
 *
 * | length of the header u32 | header: JSON, padded to a multiple of 4 bytes | slots × 3 u32 | scores u8 |
 *
 * A slot holds the first four bytes of an n-gram, 0 where the slot is free; the other two plus 2¹⁶ times the number of its scores; and
 * where these begin. A score is a language and a number.
 */

export interface Languages {
  /** ISO 639-1 codes. */
  languages: string[];
  /** Source of the regular expression of what stands between words. */
  separators: string;
}

/** One to six bytes, none of them 0, and their scores in some languages. */
export interface Ngram {
  bytes: readonly number[];
  scores: readonly (readonly [language: number, score: number])[];
}

export interface Ngrams extends Languages {
  slots: Uint32Array;
  scores: Uint8Array;
}

/** Numbers of a slot. */
const SLOT = 3;
/** Slots are taken to this share at most: more would be looked at for one that isn't there. */
const FULL = 0.7;

/** The bytes of a table. */
export function packNgrams({ languages, separators }: Languages, ngrams: readonly Ngram[]): Uint8Array {
  const count = 2 ** Math.ceil(Math.log2(ngrams.length / FULL));
  const slots = new Uint32Array(count * SLOT);
  const scores: number[] = [];
  for (const { bytes, scores: own } of ngrams) {
    const [first, rest] = [0, 4].map((from) => wordOf(bytes, from));
    const slot = slotOf(slots, first, rest);
    if (slots[slot] !== 0) throw new Error(`an n-gram is there twice: ${bytes.join()}`);
    slots.set([first, rest | (own.length << 16), scores.length], slot);
    scores.push(...own.flat());
  }
  const json = new TextEncoder().encode(JSON.stringify({ languages, separators, slots: count }));
  const padded = Math.ceil(json.length / 4) * 4;
  const packed = new Uint8Array(4 + padded + slots.byteLength + scores.length).fill(0x20, 0, 4 + padded);
  new DataView(packed.buffer).setUint32(0, padded, true);
  packed.set(json, 4);
  packed.set(new Uint8Array(slots.buffer), 4 + padded);
  packed.set(scores, 4 + padded + slots.byteLength);
  return packed;
}

/** The table of `packNgrams`, in the memory of its bytes, which must begin at a multiple of four. */
export function openNgrams({ buffer, byteOffset, byteLength }: Uint8Array): Ngrams {
  const begin = 4 + new DataView(buffer, byteOffset).getUint32(0, true);
  const header = new TextDecoder().decode(new Uint8Array(buffer, byteOffset + 4, begin - 4));
  const { slots: count, ...languages } = JSON.parse(header) as Languages & { slots: number };
  const slots = new Uint32Array(buffer, byteOffset + begin, count * SLOT);
  const end = begin + slots.byteLength;
  return { ...languages, slots, scores: new Uint8Array(buffer, byteOffset + end, byteLength - end) };
}

/** Four bytes from a place on as a number, the first byte lowest; those after the end are 0. */
const wordOf = (bytes: readonly number[], from: number): number =>
  [0, 1, 2, 3].reduce((word, at) => word | ((bytes[from + at] ?? 0) << (8 * at)), 0) >>> 0;

/**
 * Where the slot of an n-gram begins; that of a free one where it isn't there.
 * @param first its first four bytes, as `wordOf` puts them together
 * @param rest its last two
 */
export function slotOf(slots: Uint32Array, first: number, rest: number): number {
  const mask = slots.length / SLOT - 1;
  let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(rest, 0x85ebca6b);
  hash ^= hash >>> 15;
  for (let at = hash & mask; ; at = (at + 1) & mask) {
    const slot = at * SLOT;
    if (slots[slot] === 0 || (slots[slot] === first && (slots[slot + 1] & 0xffff) === rest)) return slot;
  }
}
