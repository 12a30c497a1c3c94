import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClusterOptions, openRun } from '../../src/index.js';
import { clusterFile } from '../../src/pipeline/cluster.js';
import { keepEarlierNames } from '../../src/run/earlier-names.js';
import { type ChatServer, say, startChatServer } from '../helpers/chat-server.js';
import { testFolder } from '../helpers/folder.js';
import { smallOptions, smallRows } from '../helpers/small-run.js';

const folder = testFolder();
const place = () => join(folder.path, 'run');
let chat: ChatServer;
beforeAll(async () => {
  // A model that never gives a name twice.
  chat = await startChatServer((_, response, __, nth) =>
    say(response, { name: `Name ${nth}`, summary: 'S.' }),
  );
});
afterAll(() => chat.close());

const clustered = (rows: ReturnType<typeof smallRows>, naming = {}) => {
  const nameWith = { model: 'small', baseUrl: chat.baseUrl, ...naming };
  const options: ClusterOptions = { ...smallOptions, cache: false, minClusterSize: 3, nameWith };
  return clusterFile(rows, options, { rename: (...found) => keepEarlierNames(place(), ...found) });
};
const namesOf = ({ topics }: { topics: readonly { name: string }[] }) =>
  topics.map(({ name }) => name).sort();

test('a run into the folder of an earlier one keeps the names of topics that are the same', async () => {
  const rows = smallRows('first', 40);
  const first = await clustered(rows);
  expect(first.topics.length).toBeGreaterThan(2);
  expect(namesOf(first).every((name) => name.startsWith('Name '))).toBe(true);
  await first.save(place());
  const run = await openRun(place());
  const { id } = run.topics[0];
  const named = await run.rename({ topics: { [id]: 'Mine' } });

  const more = [...rows, { ...rows[0], text: `${rows[0].text} more` }];
  const again = await clustered(more);
  expect(namesOf(again)).toEqual(namesOf(named));
  for (const { id: topic, name } of again.topics) {
    const row = again.labels.indexOf(topic);
    expect(name).toBe(named.topics.find((one) => one.id === named.labels[row])?.name);
  }

  const other = await clustered(rows, { prompt: 'for engineers' });
  expect(namesOf(other).filter((name) => namesOf(named).includes(name))).toEqual([]);
});
