import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readGivenTopics, textsOf } from '../../src/topics/given-topics.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();

test.each([
  ['Sports', { name: 'Sports' }],
  ['Sci/Tech: science: and technology', { name: 'Sci/Tech', description: 'science: and technology' }],
  ['Time 10:30', { name: 'Time 10:30' }],
  [
    'Sports | matches | A wins | B: loses',
    { name: 'Sports', description: 'matches', examples: ['A wins', 'B: loses'] },
  ],
  ['Sports\t\tA wins', { name: 'Sports', description: undefined, examples: ['A wins'] }],
])('%j is a topic', async (line, topic) => {
  expect(await readGivenTopics([line])).toEqual([topic]);
});

test('a file may have a byte order mark, comments and empty lines', async () => {
  const file = join(folder.path, 'topics.txt');
  writeFileSync(file, '\ufeff# known\r\n\r\nSports: matches\r\n  \r\nWorld\r\n');
  expect(await readGivenTopics(file)).toEqual([
    { name: 'Sports', description: 'matches' },
    { name: 'World' },
  ]);
});

test.each([
  [['Sports', 'SPORTS: again'], 'topics[1]: there is a topic "SPORTS" already; leave one out'],
  [['| nothing'], 'topics[0]: a topic needs a name'],
  [['x'.repeat(300)], 'topics[0]: a name has at most 200 characters'],
  [['# only a comment'], 'topics must be 1 to 1000; the list holds 0'],
])('%j is refused', async (topics, message) => {
  await expect(readGivenTopics(topics)).rejects.toThrow(message);
});

test('a mistake in a file is named by its line', async () => {
  const file = join(folder.path, 'twice.txt');
  writeFileSync(file, 'Sports\n\nSports\n');
  await expect(readGivenTopics(file)).rejects.toMatchObject({ file, line: 3, option: 'topics' });
  await expect(readGivenTopics(join(folder.path, 'none.txt'))).rejects.toThrow(/none\.txt: no such file/);
});

test('a description is read together with its name', () => {
  expect(textsOf({ name: 'Sports', description: 'matches', examples: ['A wins'] })).toEqual([
    'Sports\nmatches',
    'A wins',
  ]);
});

test('names in place of a file are refused with what the file holds', async () => {
  await expect(readGivenTopics('Billing,Login')).rejects.toThrow(
    'topics Billing,Login: no such file; expected a file with a topic on each line, as "name: description"',
  );
});
