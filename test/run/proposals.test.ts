import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { cluster, openRun } from '../../src/index.js';
import {
  chosenProposals,
  namesOfProposals,
  PROPOSALS_FILE,
  readProposals,
  removeProposals,
} from '../../src/run/proposals.js';
import { denscape } from '../helpers/cli.js';
import { testFolder } from '../helpers/folder.js';
import { smallOptions, smallRows } from '../helpers/small-run.js';

const folder = testFolder();
const file = () => join(folder.path, PROPOSALS_FILE);
const proposal = (topic: number, name: string, level = 'topics') =>
  `${JSON.stringify({ kind: 'name', level, topic, was: 'before', name, reason: 'clearer' })}\n`;

beforeEach(() =>
  writeFileSync(file(), proposal(0, 'Oil') + proposal(1, 'Ships') + proposal(0, 'Trade', 'themes')),
);

test('proposals are numbered by their lines and chosen by number or all', async () => {
  const all = await readProposals(folder.path);
  expect(all.map(({ number, name }) => [number, name])).toEqual([
    [1, 'Oil'],
    [2, 'Ships'],
    [3, 'Trade'],
  ]);
  expect(chosenProposals(all, ' 3,1,3', 'accept').map(({ name }) => name)).toEqual(['Trade', 'Oil']);
  expect(chosenProposals(all, 'all', 'accept')).toEqual(all);
  expect(() => chosenProposals(all, '1,4', 'accept')).toThrow(
    'accept must be numbers of proposals, such as 1,3, or all; got "4"; there are 1 to 3',
  );
  expect(namesOfProposals(all)).toEqual({ topics: { 0: 'Oil', 1: 'Ships' }, themes: { 0: 'Trade' } });
});

test('two names for one topic are refused, and so is a line that is no proposal', async () => {
  writeFileSync(file(), `${proposal(2, 'A')}${proposal(2, 'B')}`);
  expect(() => namesOfProposals([])).not.toThrow();
  const both = await readProposals(folder.path);
  expect(() => namesOfProposals(both)).toThrow('proposals 1 and 2 are both for topic 2; accept one of them');
  writeFileSync(file(), `${proposal(2, 'A')}{"kind":"name","topic":-1}\n`);
  await expect(readProposals(folder.path)).rejects.toThrow(/proposals\.jsonl line 2 is no proposal/);
});

test('decided proposals leave the file, and those that came meanwhile stay', async () => {
  const all = await readProposals(folder.path);
  writeFileSync(file(), readFileSync(file(), 'utf8') + proposal(5, 'Late'));
  await removeProposals(folder.path, [all[0], all[2]]);
  expect((await readProposals(folder.path)).map(({ name }) => name)).toEqual(['Ships', 'Late']);
});

test('the command lists proposals, gives accepted names, and forgets rejected ones', async () => {
  const run = join(folder.path, 'run');
  await (await cluster(smallRows('first', 40), { ...smallOptions, cache: false, minClusterSize: 3 })).save(
    run,
  );
  const none = await denscape(['proposals', run]);
  expect([none.code, none.stdout]).toEqual([0, 'no proposals\n']);
  writeFileSync(join(run, PROPOSALS_FILE), proposal(0, 'Oil') + proposal(1, 'Ships') + proposal(99, 'Gone'));
  const { code, stdout } = await denscape(['proposals', run, '--accept', '1', '--reject', '2']);
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'accepted: topic 0: "before" → "Oil"',
    '1 proposal rejected',
    '1  topic 99: "before" → "Gone" (clearer): this topic is gone',
    '',
  ]);
  expect((await openRun(run)).topics.find(({ id }) => id === 0)?.name).toBe('Oil');
  expect(existsSync(join(run, PROPOSALS_FILE))).toBe(true);
  expect((await readProposals(run)).map(({ topic }) => topic)).toEqual([99]);
});
