import { expect, test } from 'vitest';
import { alone, join, joined } from '../../src/topics/joining.js';
import { GroupMeaning, Meanings } from '../../src/topics/meaning.js';
import type { NamePart } from '../../src/topics/name-part.js';
import { WordFinder } from '../../src/topics/occurrences.js';
import { isWeaker, withPair } from '../../src/topics/pairs.js';
import { Speller } from '../../src/topics/spelling.js';
import { numberOf, tokenized } from './tokenized.js';
import { wordPart } from './word-part.js';

/** A group of texts among others, and words of it as parts of a name, grown to phrases. */
async function opened(group: string[], others: string[]) {
  const { tokens, places, uses, nounTests } = await tokenized(group, others);
  const speller = new Speller(tokens);
  const rows = group.length + others.length;
  const vectors = { data: new Float32Array(rows), rows, cols: 1 };
  const meaning = new GroupMeaning(
    new Meanings(tokens, vectors),
    places[0],
    new Float64Array(places[0].length),
  );
  const part = (form: string): NamePart => {
    const word = numberOf(tokens, form);
    const found = new WordFinder(tokens).find(places[0], [word]);
    return wordPart(word, found, { tokens, uses, nounTests }, speller);
  };
  const pair = (one: string, other: string) => {
    const joining = join(alone(part(one)), alone(part(other)), tokens, speller);
    if (!joining) throw new Error(`${one} and ${other} are not joined`);
    return joining;
  };
  const named = (name: string[], frequent: string[]) =>
    withPair(
      name.map((form) => alone(part(form))),
      frequent.map(part),
      meaning,
      tokens,
      speller,
    ).map(({ form }) => form);
  return { meaning, part, pair, named, tokens, speller };
}

const many = (count: number, text: (at: number) => string): string[] =>
  Array.from({ length: count }, (_, at) => text(at));

const forChildren = [
  ...many(6, (at) => `can I open an account for my child ${at}`),
  ...many(4, (at) => `what is the age to open an account ${at}`),
  ...many(2, (at) => `the age of ${at} kids`),
];
/** "Account", "open" and "age" are no rare words. */
const elsewhere = [
  ...many(40, (at) => `my account is empty ${at}`),
  ...many(20, (at) => `the app will not open ${at}`),
  ...many(10, (at) => `the age of my card ${at}`),
];

test('two words that tell the group together, though neither does alone, come first', async () => {
  const { named } = await opened(forChildren, elsewhere);
  expect(named(['age', 'kids'], ['account', 'open', 'age'])).toEqual(['open account', 'age']);
});

test('two words that other texts have together as often change no name', async () => {
  const others = [...elsewhere, ...many(60, (at) => `please open an account now ${at}`)];
  const { named } = await opened(forChildren, others);
  expect(named(['age', 'kids'], ['account', 'open', 'age'])).toEqual(['age', 'kids']);
});

test('two words that fewer than three texts have together change no name', async () => {
  const { named } = await opened(['open an account', 'open my account', 'kids', 'the kids'], elsewhere);
  expect(named(['kids'], ['account', 'open'])).toEqual(['kids']);
});

test('a pair takes the place of what it says, in any form, and keeps one other part', async () => {
  const { named } = await opened(forChildren, elsewhere);
  expect(named(['account', 'age', 'kids'], ['account', 'open'])).toEqual(['open account', 'age']);
});

test('a pair that a part of the name says already changes nothing', async () => {
  const { meaning, pair, part, tokens, speller } = await opened(forChildren, elsewhere);
  const name = joined([], pair('open', 'account'));
  expect(withPair(name, [part('account'), part('open')], meaning, tokens, speller)).toEqual(name);
});

test('a gerund that follows a noun makes no name', async () => {
  const texts = many(8, (at) => `tell the bank traveling to town ${at}`);
  const { named } = await opened(
    [...texts, 'alert one', 'alert two', 'alert three'],
    many(30, (at) => `my bank ${at} is far`),
  );
  expect(named(['alert'], ['bank', 'traveling'])).toEqual(['alert']);
});

const strains = [
  ...many(3, (at) => `mutants of coli ${at}`),
  ...many(2, (at) => `other mutants ${at}`),
  ...many(25, (at) => `growth in coli ${at}`),
];

test('a noun with a preposition is weaker than what far more texts have', async () => {
  const { meaning, pair } = await opened(
    strains,
    many(60, (at) => `mutants in yeast ${at}`),
  );
  expect(isWeaker(pair('mutants', 'coli'), meaning)).toBe(true);
});

test('a noun with a preposition stays where a quarter of the texts have it', async () => {
  const { meaning, pair } = await opened(
    [...strains, ...many(10, (at) => `new mutants of coli ${at}`)],
    many(60, (at) => `mutants in yeast ${at}`),
  );
  expect(isWeaker(pair('mutants', 'coli'), meaning)).toBe(false);
});

test('a verb with its object is weaker than nothing', async () => {
  const { meaning, pair } = await opened(
    [...many(3, (at) => `please pay my bill ${at}`), ...many(27, (at) => `the bill of ${at}`)],
    many(60, (at) => `I pay with card ${at}`),
  );
  expect(isWeaker(pair('pay', 'bill'), meaning)).toBe(false);
});
