import { breathe } from '../breathe.js';
import type { Matrix } from '../shapes.js';
import { largestOf, type SparseRow } from '../sparse-rows.js';
import { normalizeInto } from './pooling.js';
import type { SplitText } from './split-text.js';

/*
 * Texts that are longer than the model reads, as pieces that it reads whole. A piece is embedded, cached and counted once, like any
 * text; a long text's vector is the mean of its pieces', each as often as it has tokens, at unit length. It is computed
 * in one order in float64, so it depends on nothing but the text.
 */

/** Changes when texts are split or their pieces averaged in another way. */
export const LONG_VERSION = 'mean of pieces 1';

/** What is embedded in place of texts. */
export interface Units {
  /** Texts that are read whole, and pieces; each once. */
  texts: string[];
  /** Of each text its only unit, or its pieces with their tokens. */
  of: (number | Part[])[];
}

interface Part {
  unit: number;
  tokens: number;
}

/** @param texts each once */
export async function unitsOf(
  texts: string[],
  split: SplitText | undefined,
  signal?: AbortSignal,
): Promise<Units> {
  if (!split) return { texts, of: texts.map((_, row) => row) };
  const pause = breathe(signal);
  const places = new Map<string, number>();
  const unitOf = (text: string): number => {
    const unit = places.get(text) ?? places.size;
    places.set(text, unit);
    return unit;
  };
  const of: Units['of'] = [];
  for (const text of texts) {
    const pieces = await split(text, pause);
    of.push(
      pieces && pieces.length > 0
        ? pieces.map((piece) => ({ unit: unitOf(piece.text), tokens: piece.tokens }))
        : unitOf(text),
    );
    await pause();
  }
  return { texts: [...places.keys()], of };
}

/** Texts that were split. */
export const longOf = ({ of }: Units): number[] =>
  [...of.keys()].filter((row) => typeof of[row] !== 'number');

/** Tells for each unit that is done how many texts are done with it, equal ones counted by `copies`. */
export function textsDone(units: Units, copies: Int32Array): (unit: number) => number {
  if (longOf(units).length === 0) return (unit) => copies[unit];
  const { texts, of } = units;
  /** Texts that need a unit. */
  const users: number[][] = texts.map(() => []);
  const missing = new Int32Array(of.length);
  for (const [row, unit] of of.entries()) {
    const needed = typeof unit === 'number' ? [unit] : [...new Set(unit.map((part) => part.unit))];
    for (const one of needed) users[one].push(row);
    missing[row] = needed.length;
  }
  return (unit) => {
    let done = 0;
    for (const row of users[unit]) if (--missing[row] === 0) done += copies[row];
    return done;
  };
}

/** A vector for each text from those of the units. */
export function joinUnits({ of }: Units, units: Matrix): Matrix {
  if (of.length === units.rows && of.every((unit, row) => unit === row)) return units;
  const { cols } = units;
  const data = new Float32Array(of.length * cols);
  const rowOf = (unit: number) => units.data.subarray(unit * cols, (unit + 1) * cols);
  for (const [row, unit] of of.entries()) {
    if (typeof unit === 'number') {
      data.set(rowOf(unit), row * cols);
      continue;
    }
    const sum = new Float64Array(cols);
    for (const { unit: one, tokens } of unit) {
      const vector = rowOf(one);
      for (let col = 0; col < cols; col++) sum[col] += tokens * vector[col];
    }
    normalizeInto(sum, data, row * cols);
  }
  return { data, rows: of.length, cols };
}

/** Lexical weights of each text: of one in pieces, the largest that a token has in any of them. */
export const lexicalOfTexts = ({ of }: Units, units: readonly SparseRow[]): SparseRow[] =>
  of.map((unit) =>
    typeof unit === 'number'
      ? units[unit]
      : largestOf(
          unit.flatMap(({ unit: one }) => {
            const { ids, weights } = units[one];
            return Array.from(ids, (id, at): [number, number] => [id, weights[at]]);
          }),
        ),
  );
