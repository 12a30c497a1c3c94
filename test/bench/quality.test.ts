import { expect, test } from 'vitest';
import { type Quality, renderQuality } from '../../bench/quality.js';
import type { Figure, Report } from '../../bench/report.js';

const machine = { processor: '', cores: 2, memoryGiB: 4, node: '', platform: '' };
const limits = { wasmGflops: 1, onnxGflops: 1, copyGBs: 1 };

function reportOf(found: [name: string, by: string, npmi: number, diversity: number][]): Report {
  const figures = found.map(([name, by, npmi, diversity]): Figure => {
    const quality: Quality = {
      ...{ topics: 9, inTopics: 0.8, largest: 0.1, timesLargestLabel: 1, topicsAmi: 0.5 },
      ...{ npmi, diversity },
    };
    return { name: `quality/${name}`, size: { rows: 300 }, kind: 'function', by, found: { ...quality } };
  });
  return { date: '', machine: { ...machine, limits }, figures };
}

test('coherence and diversity of keywords are columns, and a set below a peer is named', () => {
  const lines = renderQuality(
    reportOf([
      ['a', 'denscape', 0.25, 0.9],
      ['a', 'BERTopic', 0.125, 0.5],
      ['b', 'denscape', 0.1, 0.8],
      ['b', 'BERTopic', 0.2, 0.7],
    ]),
  ).split('\n');
  const [head, , first] = lines.filter((line) => line.startsWith('|')).map((line) => line.split(' | '));
  expect(first[head.indexOf('NPMI of keywords')]).toBe('0.250');
  expect(first.at(-1)).toBe('0.900 |');
  expect(lines).toContain(
    "- NPMI of keywords no lower than BERTopic's on any set: missed (b 300: 0.100 and 0.200)",
  );
  expect(lines).toContain(
    "- diversity of keywords no lower than BERTopic's on any set: reached (everywhere)",
  );
});
