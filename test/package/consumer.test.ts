import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { beforeAll, expect, test } from 'vitest';
import { testFolder } from '../helpers/folder.js';
import { runCommand } from '../helpers/run.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { path: project } = testFolder();
let tarball: string;

/** A program as a user would write it: every entry by its own name, the 870 rows from their vectors. */
const PROGRAM = `
import { readFileSync } from 'node:fs';
import { cluster, type ClusterOptions, type ClusterResult } from 'denscape';
import { documents, readTable } from 'denscape/read';
import { embed } from 'denscape/embed';
import { isDenscapeError, neighbors, UserError } from 'denscape/neighbors';
import { hdbscan } from 'denscape/hdbscan';
import { layout } from 'denscape/layout';
import { describeTopics } from 'denscape/topics';

const bytes = readFileSync('vectors.f32');
const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
const rows = 870;
const columns = ['title', 'description'];

const texts = await documents(await readTable('news.csv'), columns);
const { vectors } = await embed(texts, {
  model: { embed: (part: string[]) => part.map((text) => data.subarray(texts.indexOf(text) * 384, texts.indexOf(text) * 384 + 384)) },
});
const graph = await neighbors(vectors, { neighbors: 50 });
const fit = await hdbscan(graph, { minClusterSize: 3, points: vectors });
const { points } = await layout(graph, { minDist: 0.1, epochs: 5 });
const { topics } = await describeTopics({ texts, labels: fit.labels, vectors, keywords: 5 });

const options: ClusterOptions = {
  text: columns, vectors: { data, rows, cols: 384 }, layout: { epochs: 5 }, space: 'raw', minClusterSize: 3, minSamples: 3,
};
const whole: ClusterResult = await cluster('news.csv', options);

let refused = '';
try {
  // @ts-expect-error a graph has no metric
  await hdbscan(graph, { metric: 'cosine' });
} catch (error) {
  if (isDenscapeError(error) && error instanceof UserError) refused = error.code;
}
console.log(JSON.stringify({
  staged: [...fit.labels], whole: [...whole.labels], points: points.length, topics: topics.length, exact: graph.exact, refused,
}));
`;

beforeAll(() => {
  const npm = ['pack', '--ignore-scripts', '--silent', '--pack-destination', project];
  const name = execFileSync('npm', npm, { cwd: root, encoding: 'utf8' }).trim().split('\n').at(-1);
  tarball = join(project, name ?? '');
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, 'denscape'), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(modules, 'denscape')]);
  // What an install would bring besides.
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const dependency of [...Object.keys(dependencies), '@types/node', 'undici-types']) {
    mkdirSync(dirname(join(modules, dependency)), { recursive: true });
    symlinkSync(join(root, 'node_modules', dependency), join(modules, dependency));
  }
  const news = join(root, 'test', 'fixtures', 'news');
  cpSync(join(news, 'ag_news_870.csv'), join(project, 'news.csv'));
  cpSync(join(news, 'vectors_870x384.f32'), join(project, 'vectors.f32'));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', type: 'module' }));
  writeFileSync(join(project, 'program.ts'), PROGRAM);
});

const compile = (resolution: string, module: string, ...more: string[]) =>
  runCommand(
    process.execPath,
    [
      join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
      ...['--strict', '--target', 'es2022', '--lib', 'es2023,dom', '--types', 'node'],
      ...['--moduleResolution', resolution, '--module', module, ...more, 'program.ts'],
    ],
    { cwd: project },
  );

test.each([
  ['node16', 'node16', []],
  ['bundler', 'esnext', ['--noEmit']],
  ['node10', 'esnext', ['--noEmit', '--ignoreDeprecations', '6.0']],
])('a program compiles with %s resolution', async (resolution, module, more) => {
  const { code, stdout } = await compile(resolution, module, ...more);
  expect(stdout).toBe('');
  expect(code).toBe(0);
});

test('it runs, and gives the labels of the oracle both in stages and at once', async () => {
  const { stdout, stderr, code } = await runCommand(process.execPath, ['program.js'], { cwd: project });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const found = JSON.parse(stdout) as Record<string, number[]>;
  const expected = JSON.parse(readFileSync(join(root, 'test/fixtures/news/expected.json'), 'utf8')) as Record<
    string,
    { labels: number[]; clusters: number }
  >;
  const { labels, clusters } = expected['graph-mcs3-ms3'];
  expect(renumbered(found.whole)).toEqual(labels);
  expect(renumbered(found.staged)).toEqual(labels);
  expect(found).toMatchObject({ points: 1740, topics: clusters, exact: true, refused: 'OPTION_UNKNOWN' });
});

test('the types of every entry are found by every resolution', async () => {
  const checked = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
  if (!checked.types) throw new Error('the package has no types');
  // A package of ES modules can't be loaded by require() of old Node, and the schema is no module.
  const problems = checked.problems.filter(
    (problem) =>
      problem.kind !== 'CJSResolvesToESM' && !('entrypoint' in problem && problem.entrypoint === './schema'),
  );
  expect(problems).toEqual([]);
  const entries = readdirSync(join(project, 'node_modules', 'denscape', 'build', 'entry'));
  expect(entries).toContain('neighbors.js');
});

/** The same partition, whatever the numbers. */
function renumbered(found: number[]): number[] {
  const seen = new Map<number, number>();
  return found.map((label) => {
    if (label < 0) return -1;
    const known = seen.get(label) ?? seen.size;
    seen.set(label, known);
    return known;
  });
}
