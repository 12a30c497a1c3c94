import { expect, test } from 'vitest';
import { GroupMeaning, Meanings } from '../../src/topics/meaning.js';
import type { NamePart } from '../../src/topics/name-part.js';
import { WordFinder } from '../../src/topics/occurrences.js';
import { numberOf, tokenized } from './tokenized.js';

/**
 * Meaning of words in a group of texts, among others; each text with its direction in degrees, in which 0 is the middle of
 * the group and 180 that of the others.
 */
async function opened(group: [string, number][], others: [string, number][]) {
  const all = [...group, ...others];
  const { tokens, places } = await tokenized(
    group.map(([text]) => text),
    others.map(([text]) => text),
  );
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const data = Float32Array.from(
    all.flatMap(([, degrees]) => [Math.cos(radians(degrees)), Math.sin(radians(degrees))]),
  );
  const near = Float64Array.from(places[0], (place) => -Math.abs(all[tokens.order[place]][1]));
  const meaning = new GroupMeaning(
    new Meanings(tokens, { data, rows: all.length, cols: 2 }),
    places[0],
    near,
  );
  const part = (form: string, more: Partial<NamePart> = {}): NamePart => {
    const word = numberOf(tokens, form.toLowerCase());
    const found = new WordFinder(tokens).find(places[0], [word]);
    return {
      form,
      phrase: { at: found.positions.get(word) ?? new Int32Array(), before: 0, after: 0 },
      texts: group.filter(([text]) => text.toLowerCase().split(' ').includes(form.toLowerCase())).length,
      isModifier: false,
      isPlainVerb: false,
      isLifted: true,
      tells: true,
      ...more,
    };
  };
  return { meaning, part };
}

/** Topping up: central texts say so, those at the edge speak of friends. */
const topUps: [string, number][] = Array.from({ length: 36 }, (_, i) =>
  i < 30 ? [`top-up number ${i}`, i / 4] : [`friends pay ${i}`, 22 + i],
);
const cards: [string, number][] = Array.from({ length: 18 }, (_, i) => [`card ${i} lost`, 180 + i / 4]);

const words = (word: string, degrees: number, count: number): [string, number][] =>
  Array.from({ length: count }, (_, i) => [`lost ${word} ${i}`, degrees + i / 8]);

test('a word that only texts at the edge of a group have is accidental, one of its central texts is not', async () => {
  const { meaning, part } = await opened(topUps, cards);
  expect(meaning.isAccidental(part('friends'))).toBe(true);
  expect(meaning.isAccidental(part('top-up'))).toBe(false);
});

test('a word of more than a fifth of the texts is one of the things that they are about, though they are at the edge', async () => {
  const { meaning, part } = await opened(topUps.slice(12), cards);
  expect(meaning.isAccidental(part('friends'))).toBe(false);
});

test('one text at the edge is too few to call a word accidental', async () => {
  const texts = topUps.map(([text, degrees], i): [string, number] => [
    i === 35 ? `${text} rent` : text,
    degrees,
  ]);
  const { meaning, part } = await opened(texts, cards);
  expect(meaning.isAccidental(part('rent'))).toBe(false);
});

test('a word of many texts elsewhere is accidental where these are of other things, not where they are near the group', async () => {
  const group = Array.from({ length: 16 }, (_, i): [string, number] => [
    i % 2 === 0 ? `exchange rate of item ${i}` : `exchange rate ${i}`,
    i / 4,
  ]);
  const elsewhere = (word: string, degrees: number) =>
    Array.from({ length: 12 }, (_, i): [string, number] => [`${word} number ${i}`, degrees + i / 4]);
  const { meaning, part } = await opened(group, [
    ...elsewhere('item', 180),
    ...elsewhere('rate', 20),
    ...cards,
    ...cards,
  ]);
  expect(meaning.isAccidental(part('item'))).toBe(true);
  expect(meaning.isAccidental(part('rate'))).toBe(false);
});

test('a name of more than a fifth of the texts is not accidental, whatever other texts have it', async () => {
  const elsewhere = (word: string) =>
    Array.from({ length: 24 }, (_, i): [string, number] => [`${word} number ${i}`, 180 + i / 4]);
  const { meaning, part } = await opened(
    [...words('SharePoint', 2, 6), ...words('item', 2, 6), ...words('site', 3, 8)],
    [...elsewhere('SharePoint'), ...elsewhere('item'), ...cards],
  );
  expect(meaning.isAccidental(part('item'))).toBe(true);
  expect(meaning.isAccidental(part('SharePoint'))).toBe(false);
});

test('a word that hardly any text elsewhere has is not accidental, wherever these lie', async () => {
  const { meaning, part } = await opened(topUps, [
    ...cards,
    ['top-up machine', 180],
    ['top-up of rice', 175],
  ]);
  expect(meaning.isAccidental(part('top-up'))).toBe(false);
});

test('an accidental first part goes only where another noun tells the group from others', async () => {
  const { meaning, part } = await opened(topUps, cards);
  const friends = part('friends');
  const forms = (parts: NamePart[]) => meaning.withoutAccidental(parts, (own) => own).map(({ form }) => form);
  expect(forms([friends, part('top-up')])).toEqual(['top-up']);
  expect(forms([friends, part('top-up', { tells: false })])).toEqual(['friends', 'top-up']);
  expect(forms([friends, part('top-up', { isModifier: true })])).toEqual(['friends', 'top-up']);
  expect(meaning.isLedByAccident([friends, part('top-up')])).toBe(true);
  expect(meaning.isLedByAccident([part('top-up'), friends])).toBe(false);
});

test('of two words with like texts, none of which has both, the more frequent one stays', async () => {
  const { meaning, part } = await opened([...words('luggage', 2, 12), ...words('baggage', 3, 8)], cards);
  const forms = (parts: NamePart[]) => meaning.withoutSame(parts, (own) => [own]).map(({ form }) => form);
  expect(forms([part('luggage'), part('baggage'), part('lost')])).toEqual(['luggage', 'lost']);
  expect(forms([part('baggage'), part('lost'), part('luggage')])).toEqual(['luggage', 'lost']);
});

test('a word and its beginning are one, also where texts have both, if their texts are alike', async () => {
  const forms = async (texts: [string, number][], [one, other]: [string, string]) => {
    const { meaning, part } = await opened(texts, cards);
    return meaning.withoutSame([part(one), part(other)], (own) => [own]).map(({ form }) => form);
  };
  const both = [...words('math mathematics', 2, 12), ...words('math', 3, 8)];
  expect(await forms(both, ['math', 'mathematics'])).toEqual(['math']);
  const agents = [...words('bar bartender', 2, 12), ...words('bar', 3, 8)];
  expect(await forms(agents, ['bar', 'bartender'])).toEqual(['bar', 'bartender']);
  const bags = [...words('bag baggage', 2, 12), ...words('bag', 3, 8)];
  expect(await forms(bags, ['bag', 'baggage'])).toEqual(['bag']);
  const apart = [...words('pass', 60, 12), ...words('passport', -60, 8)];
  expect(await forms(apart, ['pass', 'passport'])).toEqual(['pass', 'passport']);
});

test.each([
  ['stand in the same texts', [...words('luggage baggage', 2, 12), ...words('luggage', 3, 8)]],
  ['have texts that lie in different directions', [...words('luggage', 60, 12), ...words('baggage', -60, 8)]],
] as [string, [string, number][]][])('two words that %s both stay', async (_, texts) => {
  const { meaning, part } = await opened(texts, cards);
  const parts = [part('luggage'), part('baggage')];
  expect(meaning.withoutSame(parts, (own) => [own])).toEqual(parts);
});

test('two words of many texts, hardly any with both, are one thing though their texts are less alike', async () => {
  const forms = async (each: number) => {
    const apart = [...words('bag', 60, each), ...words('luggage', 110, each), ['lost bag luggage', 80]] as [
      string,
      number,
    ][];
    const opposite: [string, number][] = Array.from({ length: 2 * each }, (_, i) => [
      `card ${i}`,
      270 + i / 16,
    ]);
    const { meaning, part } = await opened(apart, opposite);
    return meaning.withoutSame([part('bag'), part('luggage')], (own) => [own]).map(({ form }) => form);
  };
  expect(await forms(30)).toEqual(['bag']);
  expect(await forms(8)).toEqual(['bag', 'luggage']);
});

test('an abbreviation in capitals is one with the word that it begins, if their texts are alike', async () => {
  const texts = [...words('identity', 2, 12), ...words('ID', 3, 8), ...words('identity OPEC', 4, 8)];
  const { meaning, part } = await opened(texts, cards);
  const forms = (parts: NamePart[]) => meaning.withoutSame(parts, (own) => [own]).map(({ form }) => form);
  expect(forms([part('identity'), part('ID'), part('OPEC')])).toEqual(['identity', 'OPEC']);
});

test('a word for any noun of a part that stays is left out', async () => {
  const { meaning, part } = await opened(
    [...words('luggage claim', 2, 12), ...words('baggage', 3, 8)],
    cards,
  );
  const both = [part('luggage'), part('claim')];
  const parts = [both, [part('baggage')]];
  expect(
    meaning.withoutSame(
      parts,
      (own) => own,
      (own) => own === both,
    ),
  ).toEqual([both]);
});

test('a name is no other word for a common noun', async () => {
  const { meaning, part } = await opened([...words('barrel', 2, 12), ...words('OPEC', 3, 8)], cards);
  const parts = [part('barrel'), part('OPEC')];
  expect(meaning.withoutSame(parts, (own) => [own])).toEqual(parts);
});

test('a phrase means the same as a word only where their texts are closer', async () => {
  // At right angles from the middle of all texts, 40 degrees apart.
  const texts = [...words('minimum', 70, 12), ...words('least', 110, 8)];
  const opposite: [string, number][] = Array.from({ length: 20 }, (_, i) => [`card ${i}`, 270 + i / 8]);
  const { meaning, part } = await opened(texts, opposite);
  const forms = (parts: NamePart[]) => meaning.withoutSame(parts, (own) => [own]).map(({ form }) => form);
  expect(forms([part('minimum'), part('least')])).toEqual(['minimum']);
  const phrase = { ...part('least'), form: 'least amount' };
  expect(forms([part('minimum'), phrase])).toEqual(['minimum', 'least amount']);
});
