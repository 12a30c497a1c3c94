import { describeTopics, type TopicAnswer } from '../../src/topics/index.js';
import type { BenchCase, FunctionCase } from '../case.js';

const WORDS_A_TEXT = 30;

/** Topics with ten words of their own among forty thousand common ones, drawn with a fixed seed. */
function keywords(rows: number, clusterCount: number, quick: boolean): FunctionCase {
  return {
    kind: 'function',
    name: `topics/keywords of ${clusterCount} topics`,
    size: { rows },
    quick,
    runs: 3,
    open() {
      let seed = 42;
      const random = () => {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        return seed / 2 ** 32;
      };
      const labels = Int32Array.from({ length: rows }, (_, row) => row % clusterCount);
      const texts = Array.from(labels, (label) =>
        Array.from({ length: WORDS_A_TEXT }, (_, i) =>
          i % 6 === 0
            ? `own${label}x${Math.floor(random() * 10)}`
            : `word${Math.floor(random() ** 2 * 40_000)}`,
        ).join(' '),
      );
      const probabilities = new Float64Array(rows).fill(1);
      return {
        run: () => describeTopics({ texts, labels, probabilities, clusterCount, language: 'en' }),
        check({ topics }: TopicAnswer) {
          for (const { id, keywords } of topics) {
            if (!keywords[0].startsWith(`own${id}x`)) throw new Error(`topic ${id} is called ${keywords[0]}`);
          }
        },
      };
    },
  };
}

export const cases: BenchCase[] = [keywords(5_000, 50, true), keywords(200_000, 500, false)];
