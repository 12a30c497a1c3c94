import { expect, test, vi } from 'vitest';
import { printSummary, type SummaryOptions } from '../../src/cli/summary.js';
import type { ClusterResult } from '../../src/pipeline/result.js';
import { withProcessors } from '../helpers/processors.js';
import { topic } from '../output/clustering.js';

interface Given {
  texts: string[];
  topics?: ClusterResult['topics'];
  themes?: ClusterResult['themeTopics'];
  facts?: object;
  costs?: ClusterResult['costs'];
}

/** What the summary of a result prints. */
function printed(
  { texts, topics = [], themes = [], facts, costs = [] }: Given,
  options: Partial<SummaryOptions> = {},
): string {
  const rows = texts.length;
  const noise = topics.length === 0 ? rows : 0;
  const result = {
    texts,
    topics,
    themeTopics: themes,
    costs,
    table: { columns: ['text'], rows, values: [texts] },
    facts: { rows, noise, blankTexts: 0, duplicateTexts: 0, parameters: {}, ...facts },
  };
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    printSummary(result as unknown as ClusterResult, { files: [], ...options });
    return write.mock.calls.flat().join('');
  } finally {
    write.mockRestore();
  }
}

test('one topic and one row are in the singular', () => {
  const text = printed({ texts: ['A text'], topics: [{ ...topic(0), exemplars: [0] }] });
  expect(text).toMatch(/^0 themes, 1 topic, 1 of 1 row in them/m);
});

test('where topics are listed without themes, a line says why', () => {
  const topics = [0, 1, 2].map((id) => topic(id));
  const lines = (count: number, options?: Partial<SummaryOptions>) =>
    printed(
      { texts: ['A text'], topics, themes: Array.from({ length: count }, (_, id) => topic(id)) },
      options,
    );
  expect(lines(5)).toContain(
    'only topics are listed above: the 5 themes divide all rows further than the 3 topics do',
  );
  expect(lines(3)).toContain(
    'only topics are listed above: the 3 topics are clear groups already, and 3 themes,',
  );
  for (const text of [lines(1), lines(0), lines(5, { isWhole: true })])
    expect(text).not.toContain('only topics are');
});

test('short texts stand next to the names of their topics, the most central one each', () => {
  const texts = ['where is my card', 'the card was charged twice'];
  const text = printed({ texts, topics: [0, 1].map((id) => ({ ...topic(id), exemplars: [id] })) });
  expect(text).toMatch(/ {2}Oil 0 {2}where is my card$/m);
  expect(text).toMatch(/ {2}Oil 1 {2}the card was charged twice$/m);
});

test('long texts do not', () => {
  const texts = ['a long article '.repeat(40)];
  const text = printed({ texts, topics: [{ ...topic(0), exemplars: [0] }] });
  expect(text).toMatch(/Oil 0$/m);
  expect(text).not.toContain('article');
});

test('a text that acts on the terminal is printed as plain text, on one line', () => {
  const text = printed({ texts: ['red \u001b[31malert\nnow'], topics: [{ ...topic(0), exemplars: [0] }] });
  expect(text).toContain('red alert now');
});

test('without a topic the advice names every option that may give one', () => {
  const text = printed({ texts: ['one', 'two', 'three'] });
  for (const flag of ['--min-cluster-size', '--allow-single-cluster']) expect(text).toContain(flag);
});

test('a smallest topic of more rows than there are is named, with what helps', () => {
  const text = printed({ texts: ['one', 'two', 'three'], facts: { parameters: { minClusterSize: 4 } } });
  expect(text).toContain('No topic can have 4 rows, since 3 rows have a text: a smaller --min-cluster-size');
  expect(text).not.toContain('--allow-single-cluster');
});

test('equal texts get the one advice that helps', () => {
  const text = printed({ texts: ['same', 'same', 'same'], facts: { duplicateTexts: 2 } });
  expect(text).toContain('All 3 texts are the same');
  expect(text).toContain('--allow-single-cluster');
  expect(text).not.toContain('--min-cluster-size');
});

test('cells that Excel cannot hold are named where the files are for Excel', () => {
  const given = { texts: ['x'.repeat(40_000)] };
  expect(printed(given)).not.toContain('32,767');
  expect(printed(given, { excel: true })).toContain('1 cell is longer than the 32,767 characters');
});

test('with timings every stage has a line, and the whole command one', () => {
  const costs: ClusterResult['costs'] = [
    { stage: 'start', seconds: 0.25 },
    { stage: 'embed', seconds: 1.5 },
  ];
  const text = printed({ texts: ['one', 'two'], costs }, { timings: true });
  expect(text).toMatch(/^ +start +0\.25 s$/m);
  expect(text).toMatch(/^ +embed +1\.50 s$/m);
  expect(text).toMatch(/^ +all +\d+\.\d\d s$/m);
  expect(printed({ texts: ['one', 'two'], costs })).not.toContain('1.50');
});

test('timings end with how many threads a stage had at most, and that these are fewer than were asked for', () => {
  withProcessors(2);
  const lineWith = (threads?: number) => printed({ texts: ['one'] }, { timings: true, threads });
  expect(lineWith()).toMatch(/^at most 2 threads a stage: 2 processors$/m);
  expect(lineWith(1)).toMatch(/^at most 1 thread a stage: 2 processors$/m);
  expect(lineWith(8)).toMatch(/^at most 2 threads a stage, not 8: 2 processors$/m);
  vi.restoreAllMocks();
});

test('timings of stages that ran at the same time say how much of it counts twice', () => {
  const day = 86_400;
  const costs: ClusterResult['costs'] = [
    { stage: 'topics', seconds: day },
    { stage: 'layout', seconds: day },
  ];
  const text = printed({ texts: ['one', 'two'], costs }, { timings: true });
  expect(text).toMatch(/^ +at once +-17\d{4}\.\d\d s$/m);
  expect(text).not.toContain('between');
});

test('what shows more of a kept run is said, with its folder as a shell takes it', () => {
  const found = { texts: ['A text'], topics: [{ ...topic(4), exemplars: [0] }] };
  expect(printed(found)).not.toContain('denscape open');
  expect(printed(found, { run: 'out/topics' })).toMatch(
    /^denscape open out\/topics --topic 4 shows a topic, --all lists all$/m,
  );
  expect(printed(found, { run: 'my topics', isWhole: true })).toMatch(
    /^denscape open "my topics" --topic 4 shows a topic$/m,
  );
  expect(printed({ texts: ['A text'] }, { run: 'topics' })).not.toContain('denscape open');
});
