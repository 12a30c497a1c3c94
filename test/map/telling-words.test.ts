import { expect, test } from 'vitest';
import { countWords, sharesOf, tellingWords } from '../../src/map/page/telling-words.js';

const chosen = Array.from({ length: 40 }, (_, row) => `The battery for the camera ${row % 4} of it`);
const others = Array.from({ length: 40 }, (_, row) => `Screens break often ${row % 4}`);
const texts = [...chosen, ...others];
const strings = { peek: (row: number) => texts[row], at: async (row: number) => texts[row] };
const rows = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);

/** Words of the chosen texts against the others. */
async function wordsWith(commonWords: ReadonlySet<string>): Promise<string[]> {
  const never = () => false;
  const ours = await countWords({ texts: strings, commonWords }, rows(0, 40), never);
  const theirs = await countWords({ texts: strings, commonWords }, rows(40, 80), never);
  return ours && theirs ? tellingWords(ours, theirs, 10)[0].map(({ word }) => word) : [];
}

test('words of grammar set no texts apart, however much more common they are in one part', async () => {
  expect(new Set(await wordsWith(new Set()))).toEqual(
    new Set(['the', 'for', 'of', 'it', 'battery', 'camera']),
  );
  expect(new Set(await wordsWith(new Set(['the', 'for', 'of', 'it'])))).toEqual(
    new Set(['battery', 'camera']),
  );
});

test('of words that all texts have, the share is one', async () => {
  for (const most of [13, 31, 49]) {
    const sides = [rows(0, Math.min(most, 40)), rows(40, 80)] as const;
    expect(await sharesOf(['camera', 'screens'], strings, sides, () => false)).toEqual([
      [1, 0],
      [0, 1],
    ]);
  }
});
