import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeReport } from '../../src/output/index.js';
import { testFolder } from '../helpers/folder.js';
import { run, topic } from './clustering.js';

const folder = testFolder();
const file = join(folder.path, 'report.md');

async function report(
  ...[facts, topics = [topic(0)], texts = ['A text']]: [
    Parameters<typeof writeReport>[1],
    Parameters<typeof writeReport>[2]?,
    string[]?,
  ]
) {
  await writeReport(file, facts, topics, texts);
  return readFileSync(file, 'utf8');
}

test('everything known about a run is said', async () => {
  const text = await report(
    run({
      duplicateTexts: 3,
      model: 'bge-m3',
      engines: ['ONNX Runtime in WebAssembly', 'native ONNX Runtime on cpu'],
      exactness: { certified: true, scannedRows: 31, rounds: 2, approximate: false, recall: 0.9987 },
      trustworthiness: 0.9134,
      versions: { node: '20.20.2' },
      command: 'denscape cluster news.csv --seed 42',
      findings: ['1 row without text, first on line 7'],
      languages: [{ language: 'en', rows: 4 }],
    }),
  );
  for (const line of [
    '| Rows read | 6 |',
    '| Text | title + description |',
    '| Rows without text | 1 |',
    '| Repeated texts | 3 |',
    '| Topics | 2 |',
    '| Rows in no topic | 2 (33.3 %) |',
    '| Model | bge-m3 |',
    '| Embedded by | ONNX Runtime in WebAssembly; native ONNX Runtime on cpu |',
    '| Exactness | proven: the clusters are those of all distances (31 rows scanned again, 2 rounds) |',
    '| Recall of the neighbours | 0.999 |',
    '| Trustworthiness of the map | 0.913 |',
    '- 1 row without text, first on line 7',
    '| seed | 42 |',
    '| node | 20.20.2 |',
    '```\ndenscape cluster news.csv --seed 42\n```',
    '| 0 | Oil 0 | 2 (33.3 %) | oil, barrel | A text |',
  ]) {
    expect(text).toContain(line);
  }
});

test('rows that were added are said next to those of the first file', async () => {
  await writeReport(file, run(), [topic(0)], ['A text'], { added: { rows: 2, steps: 1 } });
  expect(readFileSync(file, 'utf8')).toContain('| Rows added | 2 in 1 step, to the 4 of ');
  await writeReport(file, run(), [topic(0)], ['A text']);
  expect(readFileSync(file, 'utf8')).not.toContain('Rows added');
});

test('times are said where they are given', async () => {
  await writeReport(file, run(), [topic(0)], ['A text'], { timings: [{ stage: 'embed', seconds: 1.23456 }] });
  let text = readFileSync(file, 'utf8');
  expect(text).toContain('## Time');
  expect(text).toContain('| embed | 1.235 |');
  const timings = [{ stage: 'embed', seconds: 1.23456, threads: 2 }];
  await writeReport(file, run(), [topic(0)], ['A text'], { timings });
  text = readFileSync(file, 'utf8');
  expect(text).toContain('| embed (2 threads) | 1.235 |');
  expect(await report(run())).not.toContain('## Time');
});

test('what is not known is left out', async () => {
  const text = await report(run());
  expect(text).not.toMatch(/undefined|Embedded|Recall|Trustworthiness|Exactness|Command/);
});

test.each([
  [
    { certified: false, scannedRows: 0, rounds: 0, approximate: true },
    'not proven: the neighbours come from an approximate index',
  ],
  [
    { certified: false, scannedRows: 0, rounds: 0, approximate: false },
    'not proven: the clusters are those of the nearest neighbours alone',
  ],
  [{ certified: true, scannedRows: 0, rounds: 1, approximate: false }, '(no row scanned again)'],
])('exactness %j reads %j', async (exactness, line) => {
  expect(await report(run({ exactness }))).toContain(line);
});

test('texts stay texts: no markup, no broken table', async () => {
  const nasty = '</td><script>alert(1)</script> a|b\n# head `code` [x](y)';
  const text = await report(run({ source: nasty, command: '```' }), [topic(0, { name: nasty })], [nasty]);
  expect(text).not.toContain('<script');
  const row = text.split('\n').find((line) => line.startsWith('| 0 |'))!;
  expect(row.match(/(?<!\\)\|/g)).toHaveLength(6);
  expect(text).toContain('````\n```\n````');
});

test('no topics, no rows', async () => {
  const text = await report(run({ rows: 0, noise: 0, topics: 0 }), [], []);
  expect(text).toContain('no group of texts was dense enough');
  expect(text).toContain('| Rows in no topic | 0 (0 %) |');
});

test('fifty topics are shown, the rest counted', async () => {
  const text = await report(
    run(),
    Array.from({ length: 60 }, (_, id) => topic(id)),
  );
  expect(text).toContain('| 49 | Oil 49 |');
  expect(text).not.toContain('| 50 | Oil 50 |');
  expect(text).toContain('10 smaller topics are in topics.csv.');
});

test('options that were not set are left out', async () => {
  const text = await report(run({ parameters: { seed: 42, filter: null, approximate: false } }));
  expect(text).toContain('| approximate | false |');
  expect(text).not.toMatch(/filter|null/);
});

test('languages say of which texts they are', async () => {
  const languages = [{ language: 'en', rows: 4 }];
  expect(await report(run({ rows: 6, noise: 2, languages }))).toContain(
    '| Languages of texts in topics | en (4) |',
  );
  expect(await report(run({ rows: 9, noise: 2, languages }))).toContain(
    '| Languages of different texts in topics | en (4) |',
  );
});

test('columns that are not compared are listed with the reason', async () => {
  const leftOut = [{ column: 'section', reason: 'has 80 values, and 50 at most are compared' }];
  await writeReport(file, run(), [topic(0)], ['A text'], { leftOut });
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('| section | has 80 values, and 50 at most are compared |');
  expect(await report(run())).not.toContain('Columns not compared');
});

test('rows without a value are counted where there are any', async () => {
  const table = { column: 'section', values: [], blank: 0 };
  await writeReport(file, run(), [topic(0)], ['A text'], { groups: [table] });
  expect(readFileSync(file, 'utf8')).not.toContain('without a value');
  await writeReport(file, run(), [topic(0)], ['A text'], { groups: [{ ...table, blank: 3 }] });
  expect(readFileSync(file, 'utf8')).toContain('3 rows without a value left out.');
});

test('themes are listed with their topics, but not where they are nearly as many', async () => {
  const topics = [0, 1, 2, 3].map((id) => ({ ...topic(id), parent: id % 3 }));
  const themes = [0, 1, 2].map((id) => topic(id));
  const write = async (shown: typeof themes) => {
    await writeReport(file, run(), topics, ['A text'], { themes: shown });
    return readFileSync(file, 'utf8');
  };
  expect(await write(themes.slice(0, 2))).toContain('| theme | name | rows | largest topics |');
  const text = await write(themes);
  expect(text).not.toContain('| theme | name |');
  expect(text).toContain(
    'Only topics are listed here: the 4 topics are clear groups already, and 3 themes, nearly',
  );
  expect(await write([0, 1, 2, 3, 4].map((id) => topic(id)))).toContain(
    'the 5 themes divide all rows further than the 4 topics do',
  );
});

test('the central texts are shown without the signature that they share', async () => {
  const topics = Array.from({ length: 10 }, (_, id) => ({ ...topic(id), exemplars: [id] }));
  const words = ['oil', 'rain', 'chess', 'bread', 'trains', 'moons', 'paint', 'cows', 'songs', 'glass'];
  const texts = words.map(
    (word) =>
      `Hello and good morning to all of you,\nhow much ${word} is too much?\nThis message is meant for you alone.`,
  );
  const text = await report(run(), topics, texts);
  for (const word of words) expect(text).toContain(`how much ${word} is too much? |`);
  expect(text).not.toContain('meant for you alone');
  expect(text).not.toContain('good morning');
});
