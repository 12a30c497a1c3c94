import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cluster } from '../../src/index.js';
import type { Predicted } from '../../src/run/predict.js';
import { openRun } from '../../src/run/run.js';
import { type Matrix, pickRows } from '../../src/shapes.js';
import type { BenchCase, FunctionCase } from '../case.js';
import { embeddings } from '../data.js';

const COLS = 384;

/** Topics of new rows whose vectors are given, in a run that is open and has predicted before. */
function predict(rows: number, fresh: number, quick: boolean): FunctionCase {
  return {
    kind: 'function',
    name: `predict/${fresh} new rows`,
    size: { rows, cols: COLS },
    quick,
    async open() {
      const all = embeddings(rows + fresh, COLS);
      const part = (from: number, count: number): { texts: string[]; vectors: Matrix } => {
        const numbers = Int32Array.from({ length: count }, (_, at) => from + at);
        return {
          texts: Array.from(numbers, (number) => `text ${number}`),
          vectors: pickRows(all, numbers),
        };
      };
      const folder = await mkdtemp(join(tmpdir(), 'denscape-bench-'));
      const own = part(0, rows);
      const result = await cluster(own.texts, { vectors: own.vectors });
      await result.save(folder);
      const run = await openRun(folder);
      const others = part(rows, fresh);
      return {
        run: () => run.predict(others.texts, { vectors: others.vectors }),
        async check({ topics }: Predicted) {
          const first = pickRows(others.vectors, Int32Array.of(0));
          const alone = await run.predict(others.texts.slice(0, 1), { vectors: first });
          if (alone.topics[0] !== topics[0])
            throw new Error('a row alone has another topic than among others');
        },
        found: () => ({ topics: run.topics.length }),
        close: () => rm(folder, { recursive: true }),
      };
    },
  };
}

export const cases: BenchCase[] = [
  predict(2_000, 1_000, true),
  predict(6_600, 1_000, false),
  predict(20_000, 1_000, false),
  predict(6_600, 5_000, false),
];
