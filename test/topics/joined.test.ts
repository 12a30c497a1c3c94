import { expect, test } from 'vitest';
import { joinParts, tellingFirst } from '../../src/topics/joined.js';
import { WordFinder } from '../../src/topics/occurrences.js';
import { Speller } from '../../src/topics/spelling.js';
import { numberOf, tokenized } from './tokenized.js';
import { wordPart } from './word-part.js';

interface Settings {
  common?: string[];
  wanted?: number;
  plain?: string[];
  further?: string[];
}

/** Words of the texts as parts of a name, grown to phrases; `plain` ones tell the group from no other. */
async function read(texts: string[], words: string[], plain: string[] = []) {
  const { tokens, places, uses, nounTests } = await tokenized(texts);
  const numbers = words.map((word) => numberOf(tokens, word));
  const group = new WordFinder(tokens).find(places[0], numbers);
  const speller = new Speller(tokens);
  const parts = numbers.map((word, i) =>
    wordPart(word, group, { tokens, uses, nounTests }, speller, !plain.includes(words[i])),
  );
  return { parts, tokens, speller };
}

/** Joins words of the texts; `common` may be joined to a verb that is left alone. */
async function joined(
  texts: string[],
  words: string[],
  { common = [], wanted = 3, plain = [], further = [] }: Settings = {},
) {
  const { parts, tokens, speller } = await read(texts, [...words, ...common, ...further], plain);
  const others = parts.slice(words.length);
  const options = {
    wanted,
    common: others.slice(0, common.length),
    further: others.slice(common.length),
    texts: texts.length,
  };
  return joinParts(parts.slice(0, words.length), options, tokens, speller);
}

test.each([
  [
    'a verb keeps its negation and loses its auxiliary',
    ['why is my card not working', "the card isn't working", 'my card is still not working', 'a card again'],
    ['card', 'working'],
    ['card not working'],
  ],
  [
    'a verb stands before its object, without the article',
    ['I want to change my PIN', 'how to change the PIN', 'can you change this PIN', 'PIN please'],
    ['pin', 'change'],
    ['change PIN'],
  ],
  [
    'of joins nouns',
    ['the source of my funds', 'what source of funds', 'a source of the funds', 'funds'],
    ['source', 'funds'],
    ['source of funds'],
  ],
  [
    'other prepositions join only what begins with a verb',
    ['I spent this on food', 'spent on food', 'we spent on the food', 'he spent on food'],
    ['food', 'spent'],
    ['spent on food'],
  ],
  [
    'two nouns with another preposition between stay apart',
    ['the eggs on my list', 'eggs on the list', 'some eggs on a list'],
    ['list', 'eggs'],
    ['list', 'eggs'],
  ],
  [
    'what stands together in few texts stays apart',
    [
      'the card expired',
      'a card for my son',
      'a card with a chip',
      'the shop expired',
      'it expired',
      'expired',
    ],
    ['card', 'expired'],
    ['card', 'expired'],
  ],
  [
    'a verb in the third person stands before no object',
    [
      'it contains an old flaw',
      'this contains the bad flaw',
      'contains a flaw',
      'a flaw',
      'it contains the flaw',
    ],
    ['flaw', 'contains'],
    ['flaw'],
  ],
  [
    'a name that is given is no predicate',
    ['my name is Robin', 'the name is Robin', 'her name is Robin'],
    ['name', 'robin'],
    ['name', 'Robin'],
  ],
])('%s', async (_, texts, words, parts) => {
  expect(await joined(texts, words)).toEqual(parts);
});

test('what became of a thing does not follow what is done with it', async () => {
  const texts = [
    'my card was stolen, freeze my card',
    'freeze the card, a card stolen',
    'freeze card: card is stolen',
  ];
  expect(await joined(texts, ['stolen', 'freeze', 'card'])).toEqual(['freeze card', 'stolen']);
});

test('a verb in its plain form does not follow its subject', async () => {
  const texts = [
    'how does the card work',
    'does a card just work',
    'the card, a card',
    'it must work',
    'to work',
  ];
  expect(await joined(texts, ['card', 'work'])).toEqual(['card', 'work']);
});

test('a phrase of a third of the texts of a noun is no kind of it', async () => {
  const rare = ['GNU Ada has a compiler', 'a GNU Ada, new compiler', 'GNU Ada has a new compiler'];
  const texts = [...rare, ...Array.from({ length: 9 }, (_, i) => `the compiler, part ${i}`)];
  expect(await joined(texts, ['ada', 'compiler'])).toEqual(['GNU Ada', 'compiler']);
  expect(await joined(texts.slice(0, 5), ['ada', 'compiler'])).toEqual(['GNU Ada compiler']);
});

test('what is done with a thing comes before what else is said', async () => {
  const texts = [
    'delete my account, company',
    'to delete the account, a company',
    'delete an account, company',
  ];
  expect(await joined(texts, ['company', 'account', 'delete'])).toEqual(['delete account', 'company']);
});

test('a part keeps its capitals where few places show them', async () => {
  const texts = ['verify my id', 'to verify an id', 'an ID, the ID, my ID, our ID, no ID', 'verify the ID'];
  expect(await joined(texts, ['id', 'verify'])).toEqual(['verify ID']);
});

test('a phrase stands in the place of its word', async () => {
  const texts = ['Mac OS X again', 'a Mac OS X', 'on Mac OS X', 'the Mac', 'my Mac, fonts', 'fonts'];
  const { parts } = await read(texts, ['mac', 'os', 'fonts']);
  expect(tellingFirst(parts).map(({ form }) => form)).toEqual(['Mac OS X', 'fonts']);
  const wide = [1, 2, 3].flatMap((i) => [`one wide char ${i}`, `a wide-char string ${i}`]);
  const chars = await read(wide, ['char', 'string']);
  expect(tellingFirst(chars.parts).map(({ form }) => form)).toEqual(['wide-char string']);
});

test('a verb that would stand alone takes a noun of most texts', async () => {
  const texts = ['I lost my card', 'my card is lost', 'we lost a card', 'they lost the card'];
  expect(await joined(texts, ['lost'], { common: ['card'] })).toEqual(['lost card']);
  expect(await joined(texts, ['lost'])).toEqual(['lost']);
});

test('verbs come last, and after two nouns only where they say what became of these in many texts', async () => {
  const texts = ['the shop, the market, we waited', 'a market, a shop, they waited'];
  expect(await joined(texts, ['waited', 'shop'])).toEqual(['shop', 'waited']);
  expect(await joined(texts, ['waited', 'shop', 'market'])).toEqual(['shop', 'market', 'waited']);
  const fewer = [...texts, ...Array.from({ length: 6 }, () => 'a shop, a market')];
  expect(await joined(fewer, ['waited', 'shop', 'market'])).toEqual(['shop', 'market']);
  const plain = ['the shop, the market, we wait', 'a market, a shop, they wait'];
  expect(await joined(plain, ['wait', 'shop', 'market'])).toEqual(['shop', 'market']);
});

test('adverbs of time are no part of a name', async () => {
  const texts = ['a parcel soon, the market', 'my parcel soon, a market', 'the parcel soon, markets'];
  expect(await joined(texts, ['parcel', 'market'])).toEqual(['parcel', 'market']);
  expect((await joined(texts, ['soon', 'market'])).sort()).toEqual(['market', 'parcel']);
});

test('a keyword beyond those wanted is used only where it is joined', async () => {
  const texts = ['my card was declined, a shop', 'the card declined, the shop', 'a card is declined, shop'];
  expect(await joined(texts, ['card', 'declined'], { wanted: 1 })).toEqual(['card declined']);
  expect(await joined(texts, ['card', 'shop'], { wanted: 1 })).toEqual(['card']);
});

test('a word that tells the group from no other follows no joined ones', async () => {
  const texts = [
    'my payment was declined by card',
    'card: the payment declined',
    'payment is declined, a card',
  ];
  const words = ['payment', 'declined', 'card'];
  expect(await joined(texts, words)).toEqual(['payment declined', 'card']);
  expect(await joined(texts, words, { plain: ['card'] })).toEqual(['payment declined']);
});

test('a verb in its plain form adds nothing to a noun of many texts, unless as many have it', async () => {
  const texts = [
    'read the reminder. I remember',
    'my reminder, please',
    'a reminder: set it',
    'reminder',
    'remember',
  ];
  expect(await joined(texts, ['reminder', 'remember'])).toEqual(['reminder', 'remember']);
  expect(await joined([...texts, 'the reminder', 'a reminder'], ['reminder', 'remember'])).toEqual([
    'reminder',
  ]);
});

test('what became of a noun follows it, also where few texts say so', async () => {
  const texts = ['cash withdrawal', 'a cash withdrawal', 'the cash withdrawal', 'my cash withdrawal'];
  const declined = [...texts, 'it was declined', 'they declined', ...texts.map((text) => `${text} again`)];
  expect(await joined(declined, ['withdrawal', 'declined'])).toEqual(['cash withdrawal', 'declined']);
});

test('a word of too few texts is an example of what most are about, and in no name', async () => {
  const texts = Array.from({ length: 40 }, (_, i) =>
    i < 3 ? `my name is Nick ${i}` : `what name of person${i}`,
  );
  expect(await joined(texts, ['name', 'nick'])).toEqual(['name']);
  const several = texts.map((text, i) => (i < 12 ? `my name is Nick ${i}` : text));
  expect(await joined(several, ['name', 'nick'])).toEqual(['name', 'Nick']);
});

test('an adjective is not said of two nouns that are joined', async () => {
  const texts = [
    'a fee for the transfer was new',
    'the fee for a transfer is new',
    'fee for transfer was new',
  ];
  expect(await joined(texts, ['fee', 'transfer', 'new'])).toEqual(['fee for transfer']);
});

test('a verb after "not" is a participle, the one that more texts have', async () => {
  const texts = [
    "my card didn't work",
    "the card didn't work here",
    "a card won't work",
    'it is working',
    'worked',
  ];
  expect(await joined(texts, ['card', 'work'])).toEqual(['card not working']);
  const without = texts.slice(0, 3);
  expect(await joined(without, ['card', 'work'])).toEqual(['card not work']);
});

test('a participle that describes what follows wherever it stands is joined to no noun before it', async () => {
  const texts = Array.from({ length: 11 }, (_, i) =>
    i < 5 ? `age related changes${i} of the memory, an age` : `drug${i} related harm${i} of the memory`,
  );
  const all = [...texts, 'the age'];
  expect(await joined(all, ['age', 'related', 'memory'])).not.toContain('age related');
  const ends = all.map((text) => text.replace('related', 'related to'));
  expect(await joined(ends, ['age', 'related', 'memory'])).toContain('age related');
});

test('two nouns are joined where most texts have them side by side once, and each again alone', async () => {
  const texts = Array.from(
    { length: 4 },
    (_, i) => `the mobile phone of ${i}: a mobile is this mobile, the phone, a phone`,
  );
  expect(await joined(texts, ['mobile', 'phone'])).toEqual(['mobile phone']);
  const seldom = texts.map((text, i) => (i > 0 ? text.replace('mobile phone', 'mobile, a phone') : text));
  expect(await joined(seldom, ['mobile', 'phone'])).toEqual(['mobile', 'phone']);
});

test('words of texts that are no sentences are not joined', async () => {
  const texts = ['hospital doctor', 'hospital doctor patients', 'hospital doctor care', 'care'];
  const { parts, tokens, speller } = await read(texts, ['hospital', 'doctor']);
  const words = parts.map((part) => ({ ...part, form: part.form.split(' ')[0] }));
  const options = { wanted: 3, common: [], texts: texts.length };
  expect(joinParts(words, { ...options, isProse: false }, tokens, speller)).toEqual(
    words.map(({ form }) => form),
  );
});

test('what is done with a thing in a quarter of the texts is joined to it, though other words come first', async () => {
  const texts = [
    'I want to play the song',
    'can you play a song',
    'will you play this song',
    'the bedroom and a kitchen',
    'a bedroom',
    'the kitchen and the hall',
    'a kitchen and the hall',
    'the hall',
    'the singer',
    'a singer',
  ];
  const words = ['song', 'bedroom', 'kitchen', 'hall', 'play'];
  expect((await joined(texts, words))[0]).toBe('play song');
  const more = [...texts, ...Array.from({ length: 3 }, (_, i) => `the song for it ${i}`)];
  expect((await joined(more, words))[0]).toBe('song');
});

test('what is done with a thing comes before it, also where other words stand between', async () => {
  const texts = [
    'I want to pay my electric bill',
    'can you pay the cable bill',
    'to pay a phone bill',
    'the bill',
    'a bill',
  ];
  expect(await joined(texts, ['bill', 'pay'])).toEqual(['pay bill']);
  const apart = [...texts.slice(3), 'I want to pay', 'can you pay', 'to pay'];
  expect(await joined(apart, ['bill', 'pay'])).toEqual(['bill', 'pay']);
});

test('a noun of few texts needs no adjective after it', async () => {
  const texts = ['the bacillus grows', 'a bacillus here', 'bacterial cells', 'bacterial walls', 'bacteria'];
  const more = Array.from({ length: 8 }, (_, i) => `tissue${i} and cell${i}`);
  expect(await joined([...texts, ...more], ['bacillus', 'bacterial'])).toEqual(['bacillus']);
});

test('of a verb and a noun made of it the noun is in the name', async () => {
  const { parts } = await read(
    [
      'I am verifying the top-up',
      'he is verifying it',
      'a top-up verification',
      'the verification of a card',
    ],
    ['verifying', 'top-up', 'verification'],
  );
  expect(parts[0].isModifier).toBe(true);
  expect(tellingFirst(parts).map(({ form }) => form)).toEqual(['verification', 'top-up']);
});

test('a verb that far more texts have than any noun is the name, with the noun of most texts', async () => {
  const texts = [
    ...Array.from({ length: 8 }, (_, i) => `I want to delete my account ${i}`),
    'the company, can you delete the account',
    'a company, we would delete it',
  ];
  const settings = { common: ['account'] };
  expect(await joined(texts, ['company', 'delete'], settings)).toEqual(['delete account']);
  const named = texts.map((text) => `${text} at the company`);
  expect(await joined(named, ['company', 'delete'], settings)).not.toContain('delete account');
});

test('a passive begins no phrase with a preposition, a verb in its plain form does', async () => {
  const texts = ['he was transported to the hospital', 'they were transported to a hospital', 'hospital'];
  expect(await joined(texts, ['hospital', 'transported'])).not.toContain('transported to hospital');
  const adding = ['to add to the account', 'I add to an account', 'account'];
  expect(await joined(adding, ['account', 'add'])).toEqual(['add to account']);
});

test('a word that few texts have, or that tells the group from no other, takes a further keyword', async () => {
  const texts = [
    'an analysis, the molecule',
    'the analysis of a molecule',
    'the orbit, a molecule',
    'an orbit',
    'the orbit',
  ];
  const further = ['molecule'];
  expect(await joined(texts, ['analysis'], { further })).toEqual(['analysis', 'molecule']);
  expect(await joined(texts, ['orbit'], { further })).toEqual(['orbit']);
  expect(await joined(texts, ['orbit'], { further, plain: ['orbit'] })).toEqual(['orbit', 'molecule']);
  expect(await joined(texts, ['analysis'], { further, plain: further })).toEqual(['analysis']);
});
