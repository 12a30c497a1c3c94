import { expect, test } from 'vitest';
import { upToNoun, whole } from '../../src/topics/fragments.js';
import { WordFinder } from '../../src/topics/occurrences.js';
import { growPhrase } from '../../src/topics/phrases.js';
import { Speller } from '../../src/topics/spelling.js';
import { numberOf, tokenized } from './tokenized.js';

/** What is left of the phrase that a word grows to, as it is shown. */
async function left(word: string, texts: string[]) {
  const { tokens, places, uses, nounTests } = await tokenized(texts);
  const number = numberOf(tokens, word);
  const group = new WordFinder(tokens).find(places[0], [number]);
  const alone = { at: group.positions.get(number) ?? new Int32Array(), before: 0, after: 0 };
  const grown = growPhrase(number, group, tokens, uses, 2);
  const speller = new Speller(tokens);
  const found = whole(grown, alone, tokens, uses, nounTests[0]);
  return { grown: speller.spell(grown), left: speller.spell(found) };
}

test('an adverb ends no phrase, a noun in -ly does', async () => {
  const adverbs = ['stop my account immediately', 'an account immediately', 'immediate help'];
  expect(await left('account', adverbs)).toEqual({ grown: 'account immediately', left: 'account' });
  const nouns = ['the royal family came', 'a royal family', 'of the royal family'];
  expect(await left('royal', nouns)).toEqual({ grown: 'royal family', left: 'royal family' });
});

test('a name after a joining word that goes on in several ways is left out', async () => {
  const several = ['Ada', 'Fortran', 'Modula', 'Pascal'].map(
    (name) => `the runtime library for GNU ${name} code`,
  );
  expect(await left('library', several)).toEqual({
    grown: 'runtime library for GNU',
    left: 'runtime library',
  });
  const one = ['Bank of America said', 'at Bank of America', 'the Bank of America'];
  expect(await left('bank', one)).toEqual({ grown: 'Bank of America', left: 'Bank of America' });
});

test('a verb whose object varies is no phrase with the adjective before it', async () => {
  const objects = ['incidents', 'breaches', 'losses', 'attacks'].map(
    (object) => `steps to prevent future ${object}`,
  );
  expect(await left('future', objects)).toEqual({ grown: 'prevent future', left: 'future' });
  const whole = ['steps to prevent fraud at once', 'how to prevent fraud', 'to prevent fraud again'];
  expect(await left('fraud', whole)).toEqual({ grown: 'prevent fraud', left: 'prevent fraud' });
});

test('a verb that is begun is no phrase without what it is done to', async () => {
  const texts = ['to start calling me Ann', 'please start calling me Jo', 'you start calling them Al'];
  expect(await left('calling', texts)).toEqual({ grown: 'start calling', left: 'calling' });
});

test('a verb whose object follows ends no phrase', async () => {
  const verbs = [
    'Linux kernel contains a flaw',
    'the Linux kernel contains an error',
    'Linux kernel contains the bug',
  ];
  expect(await left('kernel', verbs)).toEqual({ grown: 'Linux kernel contains', left: 'Linux kernel' });
  const past = ['the ATM ate my card', 'an ATM ate the card', 'ATM ate my card'];
  expect(await left('atm', past)).toEqual({ grown: 'ATM ate', left: 'ATM ate' });
  const nouns = ['the customer support was slow', 'a customer support', 'our customer support is good'];
  expect(await left('customer', nouns)).toEqual({ grown: 'customer support', left: 'customer support' });
});

test('a verb in the third person begins no phrase, a plural does', async () => {
  const verbs = [
    'a flaw allows local users',
    'it allows local users',
    'allows local users',
    'allows the admin',
    'allows a guest',
  ];
  expect(await left('local', verbs)).toEqual({ grown: 'allows local users', left: 'local users' });
  const nouns = ['the systems engineer', 'a systems engineer left', 'our systems engineer'];
  expect((await left('engineer', nouns)).left).toBe('systems engineer');
});

test('a participle ends no phrase where what it goes on with says who did it', async () => {
  const films = [
    'a horror film directed by Wan',
    'the horror film directed by Kay',
    'horror film directed by Lee',
  ];
  expect(await left('horror', films)).toEqual({ grown: 'horror film directed', left: 'horror film' });
  const written = [
    'a horror film written and directed by Wan',
    'the horror film written and directed by Kay',
  ];
  expect((await left('horror', written)).left).toBe('horror film');
  const outcome = ['my card payment declined', 'the card payment declined.', 'card payment declined again'];
  expect((await left('payment', outcome)).left).toBe('card payment declined');
});

test('a German phrase ends in a noun, or is the word alone', async () => {
  const german = async (word: string, texts: string[]) => {
    const { tokens, places, uses } = await tokenized(texts);
    const number = numberOf(tokens, word);
    const group = new WordFinder(tokens).find(places[0], [number]);
    const alone = { at: group.positions.get(number) ?? new Int32Array(), before: 0, after: 0 };
    return new Speller(tokens).spell(upToNoun(growPhrase(number, group, tokens, uses, 2), alone, tokens));
  };
  const verbs = ['wenn Informationen fehlen', 'dass Informationen fehlen', 'weil Informationen fehlen'];
  expect(await german('informationen', verbs)).toBe('Informationen');
  const nouns = ['eine sichere Verbindung hier', 'die sichere Verbindung', 'der sichere Verbindung'];
  expect(await german('verbindung', nouns)).toBe('sichere Verbindung');
});

test('a phrase begins with no adverb, and with no verb that tells what somebody did', async () => {
  const adverbs = [
    'a neatly bundled package',
    'the neatly bundled package',
    'neatly bundled package',
    'a neat day',
  ];
  expect(await left('package', adverbs)).toEqual({
    grown: 'neatly bundled package',
    left: 'bundled package',
  });
  const degrees = ['a blindly bundled package', 'the blindly bundled package', 'blindly bundled package'];
  expect(await left('package', degrees)).toEqual({
    grown: 'blindly bundled package',
    left: 'bundled package',
  });
  const done = [
    'then Stone received nominations',
    'and Gosling received nominations',
    'as Emma received nominations',
  ];
  expect(await left('nominations', done)).toEqual({ grown: 'received nominations', left: 'nominations' });
  const bought = ['I bought Apex speakers', 'and we bought Apex speakers', 'they bought Apex speakers'];
  expect(await left('apex', bought)).toEqual({ grown: 'bought Apex speakers', left: 'Apex speakers' });
  const described = ['my delayed flights', 'the delayed flights', 'of delayed flights'];
  expect(await left('flights', described)).toEqual({ grown: 'delayed flights', left: 'delayed flights' });
});

test('a word that is tagged as no noun ends no phrase that goes on, but one that is over', async () => {
  const open = ['espresso', 'cherry', 'pepper', 'tobacco'].map((taste) => `the soft palate offers ${taste}`);
  expect(await left('palate', open)).toEqual({ grown: 'soft palate offers', left: 'soft palate' });
  const over = ['My card expires.', 'When my card expires?', 'Tell me when my card expires.'];
  expect(await left('card', over)).toEqual({ grown: 'card expires', left: 'card expires' });
});
