import { expect, test } from 'vitest';
import { MixedNamer } from '../../src/topics/mixed.js';
import { tokenized } from './tokenized.js';

/** What the texts of the first group have in common. */
async function partsOf(...groups: string[][]) {
  const { tokens, places } = await tokenized(...groups);
  return new MixedNamer(groups.flat(), tokens).parts(places[0]);
}

const others = Array.from({ length: 20 }, (_, i) => `@OtherAir flight ${i} is late`);

test('texts to one account are named by it, as those that use capitals write it', async () => {
  const texts = ['@blueair hm', '@BlueAir no', '.@BlueAir well', '@blueair @OtherAir yes', '@blueair ah'];
  expect(await partsOf(texts, others)).toEqual(['BlueAir']);
  expect(
    await partsOf(
      texts.map((text) => text.toLowerCase()),
      others,
    ),
  ).toEqual(['Blueair']);
});

test('an account that all texts address tells nothing', async () => {
  expect(await partsOf(others.slice(0, 5), others.slice(5))).toEqual([]);
});

test('an address is no account', async () => {
  expect(await partsOf(['write to a@example.org', 'or to b@example.org'], ['never', 'ever'])).toEqual([]);
});

test('thanks are named in the form that is commoner, if other texts hold them less', async () => {
  const texts = ['thank you all', 'thanks a lot', 'many thanks', 'oh well', 'hm'];
  expect(await partsOf(texts, others)).toEqual(['thanks']);
  expect(
    await partsOf(
      texts,
      others.map((text) => `thanks, ${text}`),
    ),
  ).toEqual([]);
});
