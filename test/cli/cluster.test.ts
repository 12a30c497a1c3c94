import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readTable } from '../../src/read/index.js';
import { runDataNames } from '../../src/run/format.js';
import { denscape } from '../helpers/cli.js';
import { testFolder } from '../helpers/folder.js';
import type { CommandRun } from '../helpers/run.js';

const examples = new URL('../../examples/news.csv', import.meta.url).pathname;
const folder = testFolder();

describe('denscape cluster examples/news.csv --model minilm', () => {
  const out = join(folder.path, 'topics');
  let run: CommandRun;
  beforeAll(async () => {
    run = await denscape(['cluster', examples, '--model', 'minilm', '--out', out]);
  });

  test('ends with 0, the topics, and where the files are', () => {
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(
      /\d+ themes, \d+ topics, \d+ of 378 rows in them \(\d+ %\), proven in the reduced space/,
    );
    expect(run.stdout).toContain(join(out, 'map.html'));
    expect(run.stderr).toContain('text is title + description');
  });

  test('leaves these files and nothing half-written', () => {
    expect(readdirSync(out).sort()).toEqual([
      '.denscape.json',
      'clusters.csv',
      'clusters.json',
      'groups.csv',
      'groups.svg',
      'map.html',
      'report.md',
      ...runDataNames().sort(),
      'timeline.csv',
      'timeline.svg',
      'topics.csv',
    ]);
  });

  test('finds about the 27 events that were written, each named after words of its own', async () => {
    const lines = await readTable(join(out, 'topics.csv'));
    const column = (name: string) => lines.values[lines.columns.indexOf(name)];
    const kinds = column('kind');
    for (const kind of ['topic', 'theme']) {
      const names = column('name').filter((_, line) => kinds[line] === kind);
      expect(names.length).toBeGreaterThanOrEqual(kind === 'topic' ? 24 : 5);
      expect(names.length).toBeLessThanOrEqual(30);
      expect(new Set(names).size).toBe(names.length);
    }
    const themes = new Set(column('topic').filter((_, line) => kinds[line] === 'theme'));
    for (const [line, parent] of column('parent').entries())
      expect(themes.has(parent)).toBe(kinds[line] === 'topic');
  });

  test('writes a line a row, the original columns untouched', async () => {
    const before = await readTable(examples);
    const after = await readTable(join(out, 'clusters.csv'));
    expect(after.rows).toBe(before.rows);
    expect(after.columns).toEqual([
      ...before.columns,
      'topic',
      'topic_name',
      'probability',
      'x',
      'y',
      'outlier_score',
      'theme',
      'theme_name',
      'nearest_topic',
      'nearest_strength',
      'assigned',
    ]);
    expect(after.values.slice(0, before.columns.length)).toEqual(before.values);
  });

  test('--quiet --json prints the summary and nothing else', async () => {
    const flags = ['--quiet', '--json', '--format', 'parquet', '--png'];
    const again = await denscape(['cluster', examples, '--model', 'minilm', '--out', `${out}-2`, ...flags]);
    expect(again.stderr).toBe('');
    const summary = JSON.parse(again.stdout);
    expect(summary.rows).toBe(378);
    expect(summary.files.map((file: string) => file.slice(out.length + 3))).toEqual([
      'map.html',
      'clusters.parquet',
      'topics.csv',
      'clusters.json',
      'report.md',
      'map.png',
      'map.svg',
      ...['groups.csv', 'groups.svg', 'timeline.csv', 'timeline.svg'],
      'run.json',
    ]);
    expect(readFileSync(join(`${out}-2`, 'clusters.json'))).toEqual(readFileSync(join(out, 'clusters.json')));
  });
});

test('a config file gives options, and a flag goes before it', async () => {
  writeFileSync(join(folder.path, 'denscape.config.json'), '{ "model": "minilm", "minClusterSize": 300 }');
  const command = [
    'cluster',
    examples,
    '--json',
    '--quiet',
    '--out',
    'configured',
    '--layout-engine',
    'umap-js',
    '--epochs',
    '5',
  ];
  const whole = await denscape(command, { cwd: folder.path });
  expect(JSON.parse(whole.stdout).parameters.minClusterSize).toBe(300);
  const flagged = await denscape([...command, '--min-cluster-size', '4'], { cwd: folder.path });
  expect(JSON.parse(flagged.stdout).parameters.minClusterSize).toBe(4);
});

test('an unknown option in a config file names the file and the option', async () => {
  const config = folder.write('odd.json', '{ "minClustersize": 4 }');
  const { code, stderr } = await denscape(['cluster', examples, '--config', config]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/odd\.json: unknown option minClustersize; did you mean minClusterSize\?$/m);
});

test('completion offers the flags', async () => {
  const { stdout } = await denscape(['complete', '--', 'cluster', '--min-cl']);
  expect(stdout).toContain('--min-cluster-size');
});

test('a token given on the command line is in no process list and no output', async () => {
  const token = 'somebody:hush-7f3a';
  const { stdout, stderr } = await denscape([
    'cluster',
    examples,
    '--model',
    'minilm',
    '--milvus',
    'http://127.0.0.1:9',
    '--token',
    token,
    '--debug',
  ]);
  expect(stdout + stderr).not.toContain('hush-7f3a');
});
