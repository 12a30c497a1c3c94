import { UserError } from '../errors.js';

/** What a cell can hold. CSV cells are always strings; a cell that its row lacks is null. */
export type Cell = string | number | boolean | null;

/** Objects inside objects, at most. Deeper ones come from programs that loop, and a call stack ends somewhere. */
export const DEEPEST = 500;

/** A number of a JSON text that no double holds: its digits, kept as they were written. */
export class Digits {
  constructor(readonly text: string) {}
}

/** Any value of a JSON object, a Parquet row or a caller's record as a cell. */
export function toCell(value: unknown): Cell {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Digits) return value.text;
  return jsonText(value) ?? String(value);
}

/**
 * `JSON.stringify`, but with bigints and `Digits` as digits. Undefined for what JSON doesn't know.
 * @throws UserError for objects nested deeper than DEEPEST, so also for those that hold themselves.
 */
function jsonText(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Digits) return value.text;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (depth > DEEPEST) {
    throw new UserError(`a value is nested more than ${DEEPEST} deep; expected plain objects and arrays`, {
      code: 'ROW_INVALID',
    });
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') return jsonText(value.toJSON(), depth + 1);
  if (ArrayBuffer.isView(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item, depth + 1) ?? 'null').join(',')}]`;
  const parts: string[] = [];
  for (const [key, inner] of Object.entries(value)) {
    const text = jsonText(inner, depth + 1);
    if (text !== undefined) parts.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${parts.join(',')}}`;
}

/** White space alone is nothing. */
export const isBlank = (cell: Cell): boolean =>
  cell === null || (typeof cell === 'string' && cell.trim() === '');
