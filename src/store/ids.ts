import { createHash } from 'node:crypto';
import { UserError } from '../errors.js';

/**
 * One id for each row, the same in every process: the first 63 bits of SHA-256 over the model's fingerprint, the
 * text, and how many rows before it hold the same text. So equal texts are separate entities, as they
 * are separate rows in memory; a changed text gets a new id; and after a killed run the next one finds its stored rows.
 * Decimal strings, as Milvus' clients exchange INT64 without loss.
 */
export function deriveIds(fingerprint: string, texts: readonly string[]): string[] {
  const seen = new Map<string, number>();
  const used = new Set<bigint>();
  const ids = new Array<string>(texts.length);
  for (let row = 0; row < texts.length; row++) {
    const text = texts[row];
    const before = seen.get(text) ?? 0;
    seen.set(text, before + 1);
    let id = hash(fingerprint, text, before);
    // 63 bits collide once in 10^7 runs of a million rows; the later row moves on, which both runs repeat.
    while (used.has(id)) id = (id + 1n) & MASK;
    used.add(id);
    ids[row] = id.toString();
  }
  return ids;
}

const MASK = (1n << 63n) - 1n;

function hash(fingerprint: string, text: string, before: number): bigint {
  const digest = createHash('sha256')
    .update(fingerprint)
    .update('\0')
    .update(text)
    .update(before === 0 ? '' : `\0${before}`)
    .digest();
  return digest.readBigUInt64BE(0) >> 1n;
}

/** Checks a column of ids: no blanks, no duplicates, whole 64-bit numbers where the collection has INT64 ids. */
export function checkIds(ids: readonly string[], column: string, type: 'INT64' | 'VARCHAR'): string[] {
  const firstRow = new Map<string, number>();
  return ids.map((raw, row) => {
    const id = type === 'INT64' ? raw.trim() : raw;
    if (id === '')
      throw new UserError(`column ${column}, row ${row + 1}: the id is blank; every row needs one`, {
        code: 'COLUMN_INVALID',
        option: 'store.id',
      });
    if (type === 'INT64' && !isInt64(id)) {
      throw new UserError(
        `column ${column}, row ${row + 1}: ${JSON.stringify(id)} is not a whole number of 64 bits, which the collection's ids are`,
        { code: 'COLUMN_INVALID', option: 'store.id' },
      );
    }
    const key = type === 'INT64' ? BigInt(id).toString() : id;
    const earlier = firstRow.get(key);
    if (earlier !== undefined) {
      throw new UserError(
        `column ${column}: rows ${earlier + 1} and ${row + 1} have the same id ${id}; ids must differ, or leave out the column`,
        { code: 'COLUMN_INVALID', option: 'store.id' },
      );
    }
    firstRow.set(key, row);
    return key;
  });
}

function isInt64(text: string): boolean {
  return /^[+-]?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

/** A part of the rows for one of several writers: `2/8` is every eighth row from the second on. */
export interface Shard {
  /** From 1. */
  part: number;
  of: number;
}

/** Reads `2/8`. Throws a UserError for anything else. */
export function readShard(text: string): Shard {
  const [, part, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text.trim()) ?? [];
  const shard = { part: Number(part), of: Number(of) };
  if (!part || shard.part < 1 || shard.part > shard.of) {
    throw new UserError(
      `shard ${JSON.stringify(text)} is not PART/PARTS with 1 <= PART <= PARTS, such as 2/8`,
      { code: 'OPTION_INVALID', option: 'shard' },
    );
  }
  return shard;
}

/** Rows of a shard. All shards together are all rows, each once, whatever order they run in. */
export function shardRows(rows: number, { part, of }: Shard): Int32Array {
  const picked = new Int32Array(Math.max(0, Math.ceil((rows - part + 1) / of)));
  for (let i = 0; i < picked.length; i++) picked[i] = part - 1 + i * of;
  return picked;
}
