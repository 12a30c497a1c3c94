import { expect, test } from 'vitest';
import { Merge } from '../../src/topics/merge.js';
import { WordFinder } from '../../src/topics/occurrences.js';
import { Speller } from '../../src/topics/spelling.js';
import { numberOf, tokenized } from './tokenized.js';

async function spelled(word: string, texts: string[]) {
  const { tokens, places } = await tokenized(texts);
  const number = numberOf(tokens, word);
  const { positions } = new WordFinder(tokens).find(places[0], [number]);
  return new Speller(tokens).spell({ at: positions.get(number) ?? new Int32Array(), before: 0, after: 0 });
}

test.each([
  ['a name', 'athens', ['ATHENS, Greece', 'games in Athens', 'Athens again'], 'Athens'],
  ['an acronym', 'nasa', ['at NASA now', 'when NASA said', 'Nasa'], 'NASA'],
  ['a brand', 'iphone', ['iPhone sale', 'my iPhone', 'IPHONE'], 'iPhone'],
  ['a word that begins sentences', 'card', ['Card lost', 'Card stolen', 'my card'], 'card'],
  ['a word of headlines', 'prices', ['Crude Prices Bubble Over Again', 'when prices rise'], 'prices'],
  ['an initialism of texts without capitals', 'gps', ['the gps', 'my gps', 'a gps'], 'GPS'],
  ['one that is written in capitals too', 'ftp', ['by ftp in Rome', 'an ftp', 'the ftp', 'FTP'], 'FTP'],
  ['a short one that is often in capitals', 'pin', ['my pin', 'the pin', 'a pin', 'a PIN', 'the PIN'], 'PIN'],
  ['one that is shouted once', 'bag', ['my bag', 'the bag', 'a bag', 'a BAG'], 'bag'],
  ['one that never is', 'npm', ['by npm in Rome', 'an npm', 'the npm'], 'npm'],
  [
    'a word after dashes',
    'seed',
    ['Rome - Seed one', 'Rome - Seed', 'a - Seed', 'a seed', 'the seed', 'top seed'],
    'seed',
  ],
  [
    'a common noun that some write as a name',
    'games',
    ['for Games now', 'like Games today', 'of Games', 'for games', 'like games', 'my game', 'a game'],
    'games',
  ],
  [
    'a name that some write without its capital',
    'magento',
    ['in Magento', 'for Magento', 'of Magento', 'in magento', 'by magento'],
    'Magento',
  ],
  ['a genitive', 'google', ["over Google's offer", "in Google's shares", "of Google's plan"], 'Google'],
])('%s is spelled as in mid-sentence', async (_, word, texts, form) => {
  expect(await spelled(word, texts)).toBe(form);
});

/** A phrase of two words or more, found by its first. */
async function phraseSpelled(first: string, after: number, texts: string[]) {
  const { tokens, places } = await tokenized(texts.slice(0, 3), texts.slice(3));
  const number = numberOf(tokens, first);
  const { positions } = new WordFinder(tokens).find(places[0], [number]);
  return new Speller(tokens).spell({ at: positions.get(number) ?? new Int32Array(), before: 0, after });
}

test.each([
  [
    'a name keeps the capitals of all its words',
    'plane',
    ['Plane Development Kit', 'and'],
    'Plane Development Kit',
  ],
  [
    'a first word has no capital before others without',
    'shared',
    ['Shared development kit', 'and'],
    'shared development kit',
  ],
  [
    'a capital inside is no capital of a beginning',
    'gobject',
    ['GObject development kit', 'and'],
    'GObject development kit',
  ],
])('of a phrase that only begins sentences, %s', async (_, first, [start], form) => {
  const own = ['base', 'tables', 'rules'].map((word) => `${start} for ${word} of all kinds`);
  const others = [
    'a plane or a kit in development',
    'another kit',
    'gobject in a shared folder',
    'of gobject and more',
  ];
  expect(await phraseSpelled(first, 2, [...own, ...others])).toBe(form);
});

test('German nouns and adjectives are shown in a basic form that is as common', async () => {
  const { tokens } = await tokenized([
    'Die Einsatzkräfte kamen. Viele Einsatzkräfte, medizinische Daten',
    'Mit Einsatzkräften sprach Regisseur Tarantino über Schutz medizinischer Daten',
    'Ein Film Tarantinos in Bayern, der islamischer Staat, medizinische Geräte',
    'Tarantino war in Bayern, nicht bei Bayer',
  ]);
  const speller = new Speller(tokens);
  expect(speller.baseOf('Einsatzkräften')).toBe('Einsatzkräfte');
  expect(speller.baseOf('Quentin Tarantinos')).toBe('Quentin Tarantino');
  expect(speller.baseOf('medizinischer Daten')).toBe('medizinische Daten');
  expect(speller.baseOf('islamischer Staat')).toBe('islamischer Staat');
  expect(speller.baseOf('Bayern')).toBe('Bayern');
});

test('a German plural loses the dative, also where the form without it is rarer', async () => {
  const { tokens } = await tokenized([
    'In den Ländern, mit Ländern und von Ländern; die Länder',
    'Bei den Olympischen Spielen, nach Olympischen Spielen; die Spiele und das Spiel',
    'In Ländern, und die Länder',
    'Viele Kunden und ein Kunde; wir tun es kund',
    'Die Kunden kamen, alle Länder',
  ]);
  const speller = new Speller(tokens);
  expect(speller.baseOf('Ländern')).toBe('Länder');
  expect(speller.baseOf('Olympischen Spielen')).toBe('Olympische Spiele');
  expect(speller.baseOf('Kunden')).toBe('Kunden');
});

test('a word whose only forms count as another one is no basic form', async () => {
  const { tokens } = await tokenized(['Bei den Spielen, Spiele, spiel']);
  const merge = new Merge(tokens);
  merge.join(tokens.words.indexOf('spiel'), 'spiele');
  expect(new Speller(merge.close()).baseOf('Spielen')).toBe('Spiele');
});

test('a German name of an adjective and a noun is shown as it stands after an article', async () => {
  const { tokens } = await tokenized([
    'Die Europäische Zentralbank tagt, bei der Europäischen Zentralbank und in der Europäischen Zentralbank',
    'Mit dem Islamischen Staat, Islamischer Staat genannt; Islamischer Staat und der Islamische Staat',
    'In der Alten Oper',
  ]);
  const speller = new Speller(tokens);
  expect(speller.baseOf('Europäischen Zentralbank')).toBe('Europäische Zentralbank');
  expect(speller.baseOf('Islamischen Staat')).toBe('Islamischer Staat');
  expect(speller.baseOf('Alten Oper')).toBe('Alten Oper');
});
