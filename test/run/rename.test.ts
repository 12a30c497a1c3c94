import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cluster, openRun } from '../../src/index.js';
import { testFolder } from '../helpers/folder.js';
import { smallOptions, smallRows } from '../helpers/small-run.js';

const folder = testFolder();
const { model } = smallOptions;
const options = { ...smallOptions, cache: false, minClusterSize: 3 };

test('a name that people gave stays with its topic through a cut and new rows', async () => {
  const path = join(folder.path, 'run');
  await (await cluster(smallRows('first', 48), options)).save(path);
  const run = await openRun(path);
  const [topic] = run.topics;
  const [theme] = run.themeTopics;
  const named = await run.rename({ topics: { [topic.id]: ' Mine ' }, themes: { [theme.id]: 'Ours' } });
  const names = (of: typeof run) => [
    of.topics.find(({ id }) => id === topic.id)?.name,
    of.themeTopics.find(({ id }) => id === theme.id)?.name,
  ];
  expect(names(named)).toEqual(['Mine', 'Ours']);
  expect(names(await openRun(path))).toEqual(['Mine', 'Ours']);
  const cut = await named.recut();
  const grown = await cut.add(smallRows('second', 12), { model });
  expect(names(grown)).toEqual(['Mine', 'Ours']);
  const level = grown.levels.find(({ isTheme }) => isTheme);
  if (level) expect(level.groups.map(({ name }) => name)).toEqual(grown.themeTopics.map(({ name }) => name));
  expect(grown.labels.subarray(0, 48)).toHaveLength(48);
  expect(JSON.parse(readFileSync(join(path, 'run.json'), 'utf8')).edits.topics).toEqual({
    [topic.id]: 'Mine',
  });
  expect(grown.history.map(({ did }) => did)).toEqual(['cluster', 'rename', 'recut', 'add']);
});

test('an id that the run does not have, and an empty name, are refused', async () => {
  const run = await openRun(join(folder.path, 'run'));
  await expect(run.rename({ topics: { 99: 'x' } })).rejects.toThrow(
    /topic 99 is not in this run; its topics are 0, 1/,
  );
  await expect(run.rename({ topics: { [run.topics[0].id]: ' ' } })).rejects.toThrow(
    /needs a name; got an empty one/,
  );
});
