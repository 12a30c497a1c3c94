import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openRun } from '../../src/index.js';
import { readTable } from '../../src/read/index.js';
import { npyPieces } from '../../src/run/npy.js';
import { denscape } from '../helpers/cli.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();
const news = new URL('../fixtures/news/', import.meta.url);
const run = join(folder.path, 'topics');

/** Rows of 384 float32 as a .npy file. */
const npyOf = (bytes: Uint8Array, rows: number): Buffer => {
  const data = new Float32Array(rows * 384);
  new Uint8Array(data.buffer).set(bytes);
  return Buffer.concat(
    [...npyPieces({ data, rows, cols: 384 })].map((piece) => Buffer.from(piece as Uint8Array)),
  );
};

beforeAll(async () => {
  const given = ['--vectors', join(folder.path, 'news.npy'), '--text', 'title,description'];
  const numbers = readFileSync(new URL('vectors_870x384.f32', news));
  writeFileSync(join(folder.path, 'news.npy'), npyOf(numbers, 870));
  const table = await readTable(new URL('ag_news_870.csv', news).pathname);
  const rows = Array.from({ length: table.rows }, (_, row) =>
    Object.fromEntries(table.columns.map((name, column) => [name, table.values[column][row]])),
  );
  writeFileSync(join(folder.path, 'rows.json'), JSON.stringify(rows));
  const file = new URL('ag_news_870.csv', news).pathname;
  const made = await denscape(['cluster', file, ...given, '--epochs', '20', '--out', run]);
  expect(made.stderr).not.toMatch(/^error/m);
  expect(made.code).toBe(0);
});

/** Topic and theme of each row of a table. */
async function columnsOf(path: string): Promise<{ topics: number[]; themes: number[] }> {
  const { columns, values } = await readTable(path);
  const [topics, themes] = ['topic', 'theme'].map((name) => values[columns.indexOf(name)].map(Number));
  return { topics, themes };
}

describe('denscape open', () => {
  test('prints the topics of a run from its folder alone', async () => {
    const opened = await denscape(['open', run], { env: { DENSCAPE_CACHE: join(folder.path, 'none') } });
    expect(opened.code).toBe(0);
    expect(opened.stdout).toMatch(/\d+ themes, \d+ topics, \d+ of 870 rows in them/);
    expect(existsSync(join(folder.path, 'none'))).toBe(false);
  });

  test('with --json gives the facts, the topics and what was done', async () => {
    const { stdout } = await denscape(['open', run, '--json']);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({ rows: 870, history: [{ did: 'cluster', rows: 870 }] });
    expect(summary.topicList).toHaveLength(summary.topics);
  });

  test('shows topics and themes by the numbers that the list has', async () => {
    const { stdout: list } = await denscape(['open', run]);
    const [, theme] = /^ *theme (\d+) /m.exec(list) ?? [];
    const [, topic, name] = /^ +(\d+) +\d+ {4}(\S.*)$/m.exec(list) ?? [];
    const { stdout } = await denscape(['open', run, '--theme', theme, '--topic', topic]);
    expect(stdout).toMatch(new RegExp(`^theme ${theme}  .+\n\\d+ rows \\(\\d+ %\\)\nkeywords: `));
    expect(stdout).toContain(`\ntopic ${topic}  ${name}\n`);
    expect(stdout).toContain(`; in theme ${theme} `);
    const [shown] = JSON.parse((await denscape(['open', run, '--theme', theme, '--json'])).stdout);
    const { topics, themes } = await columnsOf(join(run, 'clusters.csv'));
    expect(shown).toMatchObject({ kind: 'theme', id: Number(theme) });
    expect(shown.size).toBe(themes.filter((id) => id === Number(theme)).length);
    expect(shown.topics[0].size).toBe(topics.filter((id) => id === shown.topics[0].id).length);
    const all = (await denscape(['open', run, '--all'])).stdout;
    for (const { id } of shown.topics) expect(all).toMatch(new RegExp(`^ +${id} +\\d+ {4}`, 'm'));
    const wrong = await denscape(['open', run, '--topic', '999']);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/got "999"; the run has 0 to \d+/)]);
  });

  test('refuses a folder without a run with exit code 2, and a damaged file with 1', async () => {
    const none = await denscape(['open', folder.path]);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('holds no run')]);
    const copy = join(folder.path, 'damaged');
    await denscape(['export', run, '--out', copy]);
    expect((await denscape(['open', copy])).code).toBe(2);
  });
});

describe('denscape export', () => {
  test('writes Parquet into another folder and leaves the run as it was', async () => {
    const before = readdirSync(run);
    const out = join(folder.path, 'export');
    const made = await denscape(['export', run, '--format', 'parquet', '--out', out]);
    expect([made.code, made.stderr]).toEqual([0, '']);
    expect(made.stdout.split('\n')).toContain(join(out, 'clusters.parquet'));
    expect(readFileSync(join(out, 'map.html')).equals(readFileSync(join(run, 'map.html')))).toBe(true);
    expect(readdirSync(run)).toEqual(before);
  });

  test('without --out adds to the run’s own files, which open says', async () => {
    expect((await denscape(['export', run, '--format', 'parquet'])).code).toBe(0);
    const { stdout } = await denscape(['open', run, '--json']);
    const { files } = JSON.parse(stdout);
    expect(files).toContain(join(run, 'clusters.parquet'));
    expect(files).toContain(join(run, 'clusters.csv'));
  });
});

test('cluster --no-save keeps no run, and refuses to leave one outdated', async () => {
  const file = new URL('ag_news_870.csv', news).pathname;
  const args = ['cluster', file, '--vectors', join(folder.path, 'news.npy'), '--text', 'title', '--no-save'];
  const refused = await denscape([...args, '--out', run]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--no-save would leave')]);
  const out = join(folder.path, 'unsaved');
  expect((await denscape([...args, '--epochs', '2', '--out', out])).code).toBe(0);
  expect(readdirSync(out).filter((name) => name.startsWith('run'))).toEqual([]);
});

describe('denscape add and recut', () => {
  const half = (name: string, from: number, to: number) => {
    const file = readFileSync(new URL('vectors_870x384.f32', news));
    const path = join(folder.path, name);
    writeFileSync(path, npyOf(file.subarray(from * 384 * 4, to * 384 * 4), to - from));
    return path;
  };

  test('add rows, keep ids, and say what changed', async () => {
    const rows = JSON.parse(readFileSync(join(folder.path, 'rows.json'), 'utf8')) as object[];
    const jsonl = (name: string, from: number, to: number) => {
      const path = join(folder.path, name);
      writeFileSync(
        path,
        rows
          .slice(from, to)
          .map((row) => `${JSON.stringify(row)}\n`)
          .join(''),
      );
      return path;
    };
    const out = join(folder.path, 'growing');
    const first = ['--vectors', half('a.npy', 0, 600), '--text', 'title,description', '--epochs', '20'];
    const made = await denscape([
      'cluster',
      jsonl('a.jsonl', 0, 600),
      ...first,
      '--space',
      'raw',
      '--out',
      out,
    ]);
    expect(made.code).toBe(0);
    const added = await denscape([
      'add',
      out,
      jsonl('b.jsonl', 590, 870),
      '--vectors',
      half('b.npy', 590, 870),
    ]);
    expect(added.stderr).not.toMatch(/^error/m);
    expect(added.code).toBe(0);
    expect(added.stdout).toMatch(/^270 rows added, 870 in all\n10 rows were there already and left out\n/);
    expect(added.stdout).toMatch(/\d+ topics? kept/);
    expect(added.stdout).toContain(join(out, 'changes.md'));
    const { stdout } = await denscape(['open', out, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      rows: 870,
      history: [{}, { did: 'add', added: 270, skipped: 10 }],
    });
    const cut = await denscape(['recut', out, '--clusters', '7', '--json']);
    expect(cut.code).toBe(0);
    expect(JSON.parse(cut.stdout).topics.filter(({ after }: { after: number }) => after > 0)).toHaveLength(7);
    const refused = await denscape(['recut', out, '--clusters', '0']);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--clusters must be')]);
  });

  test('add without a file, and with one and --since, is refused', async () => {
    const none = await denscape(['add', run]);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('add needs files, or --since')]);
    const since = await denscape(['add', run, '--since']);
    expect([since.code, since.stderr]).toEqual([
      2,
      expect.stringContaining('only a run from a Milvus collection'),
    ]);
  });
});

describe('denscape rename', () => {
  test('prints the old and the new name, and says that the theme of that number is unchanged', async () => {
    const out = join(folder.path, 'renamed');
    await (await openRun(run)).save(out);
    const { stdout, code } = await denscape(['rename', out, '0', 'Out', 'of', 'office']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^topic 0: ".+" → "Out of office"\ntheme 0, ".+", is unchanged: /);
    const wrong = await denscape(['rename', out, 'abc', 'foo']);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('the topic must be a number')]);
  });

  test('is lost with a new run into the folder, which says so and removes files of the earlier one', async () => {
    const out = join(folder.path, 'replaced');
    const file = new URL('ag_news_870.csv', news).pathname;
    const args = ['cluster', file, '--vectors', join(folder.path, 'news.npy'), '--text', 'title'];
    const again = [...args, '--epochs', '2', '--out', out];
    expect((await denscape(again)).code).toBe(0);
    await denscape(['rename', out, '0', 'Mine']);
    expect((await denscape(['recut', out, '--clusters', '6'])).stdout).toMatch(
      /^\n.*\n(.|\n)*6 topics, (.|\n)*kept, \d+ new, \d+ merged or gone/,
    );
    await denscape(['export', out, '--format', 'parquet']);
    writeFileSync(join(out, 'own.txt'), 'mine');
    expect(readdirSync(out)).toEqual(expect.arrayContaining(['changes.md', 'clusters.parquet']));
    const { stderr, code } = await denscape(again);
    expect(code).toBe(0);
    expect(stderr).toContain('holds a run with 1 name of your own, 1 later change, which this run replaces');
    const left = readdirSync(out);
    expect(left).toEqual(expect.arrayContaining(['clusters.csv', 'own.txt', 'run.json']));
    for (const name of ['changes.md', 'changes.json', 'clusters.parquet']) expect(left).not.toContain(name);
    expect((await denscape(again)).stderr).not.toContain('replaces');
    const copy = join(folder.path, 'others.csv');
    writeFileSync(copy, '');
    const unread = await denscape(again.with(1, copy));
    expect(unread.code).toBe(2);
    expect(unread.stderr).not.toContain('replaces');
    copyFileSync(file, copy);
    expect((await denscape(again.with(1, copy))).stderr).toContain(
      'holds a run of ag_news_870.csv, 870 rows, which this run replaces',
    );
  });
});

test('denscape export writes the rows of topics and themes alone, also to standard output', async () => {
  const whole = await readTable(join(run, 'clusters.csv'));
  const { topics, themes } = await columnsOf(join(run, 'clusters.csv'));
  const wanted = topics.flatMap((topic, row) =>
    topic === 0 || topic === 2 || themes[row] === 1 ? [row] : [],
  );
  expect(wanted.length).toBeGreaterThan(20);
  const out = join(folder.path, 'some.csv');
  const written = await denscape(['export', run, '--topic', '2,0', '--theme', '1', '--out', out]);
  expect([written.code, written.stdout]).toEqual([0, `${out}\n`]);
  const found = await readTable(out);
  expect(found.columns).toEqual(whole.columns);
  expect(found.values).toEqual(whole.values.map((cells) => wanted.map((row) => cells[row])));
  const { stdout } = await denscape(['export', run, '--topic', '2,0', '--theme', '1']);
  expect(stdout).toBe(readFileSync(out, 'utf8'));
  const parquet = join(folder.path, 'some.parquet');
  expect((await denscape(['export', run, '--topic', '0', '--out', parquet])).code).toBe(0);
  expect((await readTable(parquet)).rows).toBe(topics.filter((topic) => topic === 0).length);
  const all = join(folder.path, 'all.parquet');
  expect((await denscape(['export', run, '--out', all])).stdout).toBe(`${all}\n`);
  expect((await readTable(all)).rows).toBe(whole.rows);
  const wrong = await denscape(['export', run, '--topic', '0', '--out', join(folder.path, 'some')]);
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    expect.stringContaining('out must be a .csv or .parquet file'),
  ]);
});

test('denscape compare prints which topics correspond, are divided and are joined, and writes a page', async () => {
  const fewer = join(folder.path, 'fewer');
  rmSync(fewer, { recursive: true, force: true });
  cpSync(run, fewer, { recursive: true });
  const { topics } = await columnsOf(join(run, 'clusters.csv'));
  const half = Math.round((Math.max(...topics) + 1) / 2);
  const cut = await denscape(['recut', fewer, '--clusters', `${half}`, '--quiet']);
  expect(cut).toMatchObject({ code: 0, stderr: '' });
  const page = join(folder.path, 'page.html');
  const { code, stdout } = await denscape(['compare', run, fewer, '--page', page]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ +\d\.\d\d +\d+ {2}\d+ .+ \(\d+\) {2}= {2}\d+ .+ \(\d+\)$/m);
  expect(stdout).toMatch(/^ {16}\d+ .+ \(\d+\) {2}= {2}–; \d+ % of it in \d+ \S/m);
  expect(stdout).toMatch(/^\d+ topics? of the second made of several of the first:$/m);
  expect(stdout).toMatch(/^ {2}\d+ .+ \(\d+\) {2}← {2}\d+ .+ \d+ %; \d+ .+ \d+ %/m);
  expect(readFileSync(page, 'utf8')).toContain(
    'Topics of the second run that are made of several of the first',
  );
  const json = JSON.parse((await denscape(['compare', run, fewer, '--json'])).stdout);
  const [{ id, parts }] = json.merges;
  const topicsIn = async (of: string) => (await columnsOf(join(of, 'clusters.csv'))).topics;
  const [first, second] = [await topicsIn(run), await topicsIn(fewer)];
  for (const part of parts) {
    const both = first.filter((topic, row) => topic === part.id && second[row] === id).length;
    expect([part.shared, part.share]).toEqual([both, both / second.filter((topic) => topic === id).length]);
  }
});

test('denscape compare refuses runs without a common row', async () => {
  const other = join(folder.path, 'other');
  const args = ['--vectors', join(folder.path, 'news.npy'), '--text', 'section', '--epochs', '2'];
  const file = new URL('ag_news_870.csv', news).pathname;
  expect((await denscape(['cluster', file, ...args, '--out', other])).code).toBe(0);
  const { code, stdout, stderr } = await denscape(['compare', run, other]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/no rows in common.*--id/);
});

describe('denscape predict', () => {
  const file = new URL('ag_news_870.csv', news).pathname;
  const given = ['--vectors', join(folder.path, 'news.npy')];

  test('prints the rows with their topics, those of the run as they were fitted', async () => {
    const predicted = await denscape(['predict', run, file, ...given]);
    expect(predicted.code).toBe(0);
    const path = join(folder.path, 'predicted.csv');
    writeFileSync(path, predicted.stdout);
    const [after, fitted] = [await readTable(path), await readTable(join(run, 'clusters.csv'))];
    const column = (table: typeof after, name: string) => table.values[table.columns.indexOf(name)];
    expect(after.columns).toEqual([
      ...['section', 'title', 'description', 'topic', 'topic_name', 'probability'],
      ...['theme', 'theme_name', 'nearest_topic', 'nearest_name', 'nearest_strength', 'x', 'y', 'far'],
    ]);
    expect(predicted.stderr).toMatch(/^\d+ of 870 rows in a topic; \d+ far from all rows of the run/m);
    const same = ['topic', 'topic_name', 'probability', 'theme', 'theme_name'];
    for (const name of [...same, 'nearest_topic', 'nearest_strength'])
      expect(column(after, name)).toEqual(column(fitted, name));
  });

  test('writes Parquet, and lines of JSON', async () => {
    const out = join(folder.path, 'predicted.parquet');
    const written = await denscape(['predict', run, file, ...given, '--out', out]);
    expect([written.code, written.stdout]).toEqual([0, `${out}\n`]);
    expect((await readTable(out)).rows).toBe(870);
    const { stdout } = await denscape(['predict', run, file, ...given, '--json']);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(870);
    expect(Object.keys(lines[0]).slice(0, 3)).toEqual(['topic', 'topic_name', 'probability']);
    const wrong = await denscape(['predict', run, file, ...given, '--out', join(folder.path, 'x.xls')]);
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringContaining('--out must be a .csv or .parquet'),
    ]);
  });
});
