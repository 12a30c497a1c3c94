import { expect, test } from 'vitest';
import { answer, detectHere, startDetector } from '../../src/topics/detector.js';

const ENGLISH = 'The city council has approved the new bridge over the river after years of debate.';
const GERMAN = 'Der Stadtrat hat nach Jahren der Debatte die neue Brücke über den Fluss beschlossen.';
const groups = [[ENGLISH, ENGLISH], [GERMAN], ['12 34'], [GERMAN, `${ENGLISH} ${'And more. '.repeat(60)}`]];
const all = [...new Array<string>(12).fill(ENGLISH), ...new Array<string>(12).fill(GERMAN)];

test('another thread detects the languages that this one does, of groups and of all texts', async () => {
  const other = startDetector(1000, 2);
  const [ofGroups, ofAll] = await Promise.all([other.ofGroups(groups, 'en'), other.ofAll(all)]);
  await other.stop();
  expect(ofGroups.slice(0, 3)).toEqual([['en'], ['de'], []]);
  expect(ofGroups).toEqual(await detectHere.ofGroups(groups, 'en'));
  expect(ofAll.toSorted()).toEqual(['de', 'en']);
  expect(ofAll).toEqual(await detectHere.ofAll(all));
});

test('another thread tags the words that this one does', async () => {
  const other = startDetector(1000, 2);
  const tagged = await other.words([[ENGLISH], []]);
  await other.stop();
  expect(tagged).toEqual(await detectHere.words([[ENGLISH], []]));
  expect(tagged[0].words).toContain('bridge');
  expect(tagged[1].words).toEqual([]);
});

test('questions are answered in their order, though the tagger is loaded for the first of them', async () => {
  const other = startDetector(1000, 2);
  const [tagged, languages] = await Promise.all([other.words([[ENGLISH]]), other.ofGroups([[GERMAN]])]);
  await other.stop();
  expect(tagged[0].words).toContain('bridge');
  expect(languages).toEqual([['de']]);
});

test('what is asked of a thread that has ended is answered by this one', async () => {
  const other = startDetector(1000, 2);
  const asked = other.ofGroups(groups);
  await other.stop();
  expect(await asked).toEqual(await answer({ kind: 'groups', groups }));
  expect(await other.ofAll(all)).toEqual(await detectHere.ofAll(all));
});

test('few texts, or one thread, begin no thread', async () => {
  for (const [texts, threads] of [
    [999, 2],
    [1000, 1],
  ]) {
    const here = startDetector(texts, threads);
    expect(await here.ofGroups([[GERMAN]])).toEqual([['de']]);
    expect(await here.stop()).toBeUndefined();
  }
});
