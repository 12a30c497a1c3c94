import { expect, test } from 'vitest';
import {
  isAdverb,
  isAttribute,
  isModifier,
  isPlainVerb,
  isVerb,
  isVerbMostly,
} from '../../src/topics/grammar.js';
import { WordFinder } from '../../src/topics/occurrences.js';
import type { NounTest } from '../../src/topics/word-classes.js';
import { numberOf, tokenized } from './tokenized.js';

/** Asks about words of the texts, all of them one group. */
async function asked(texts: string[], languages: string[], isTaggedNoun?: NounTest) {
  const { tokens, places, uses, nounTests } = await tokenized(texts);
  const number = (word: string) => numberOf(tokens, word);
  const group = (word: string) => new WordFinder(tokens).find(places[0], [number(word)]);
  return {
    isVerb: (word: string) => isVerb(number(word), group(word), tokens),
    isModifier: (word: string) =>
      isModifier(number(word), group(word), tokens, uses, languages, isTaggedNoun ?? nounTests[0]),
  };
}

test('a word that follows to, will or I is a verb, one that follows the is not', async () => {
  const { isVerb } = await asked(['to buy a bank', 'they buy the bank', 'will buy from a bank'], ['en']);
  expect(isVerb('buy')).toBe(true);
  expect(isVerb('bank')).toBe(false);
});

test('English verbs, participles and predicates modify, nouns with the same endings do not', async () => {
  const { isModifier } = await asked(
    [
      'my payment was declined at the meeting',
      'the payment is pending before a meeting',
      'how long until the supply of cards, how long?',
      'my payment declined, the supply was stopped',
      'the thief stole my wallet and the payment',
      'skiing and hiking in the mountains, or skiing alone, hiking',
    ],
    ['en'],
  );
  expect(['declined', 'pending', 'long', 'stole'].filter((word) => !isModifier(word))).toEqual([]);
  expect(['payment', 'meeting', 'supply', 'wallet', 'skiing', 'hiking'].filter(isModifier)).toEqual([]);
});

test('a word with a capital in mid-sentence is a name, whatever its ending', async () => {
  const { isModifier } = await asked(
    ['fans of Reading', 'in Reading today', 'from Reading', 'near Reading'],
    ['en'],
  );
  expect(isModifier('reading')).toBe(false);
});

test('orders and gerunds with an object modify, a gerund that is a noun does not', async () => {
  const { isModifier } = await asked(
    [
      'Show me the map',
      'show us the weather',
      'restarting the phone failed',
      'after restarting my phone',
      'the training',
      'a training',
    ],
    ['en'],
  );
  expect(['show', 'restarting'].filter((word) => !isModifier(word))).toEqual([]);
  expect(['map', 'phone', 'training'].filter(isModifier)).toEqual([]);
});

test('German nouns have capitals, its other words modify', async () => {
  const { isModifier } = await asked(
    ['die Polizei hat den Mann getötet', 'der Mann wurde gestern getötet', 'dass er den Mann getötet hat'],
    ['de'],
  );
  expect(isModifier('getötet')).toBe(true);
  expect(isModifier('mann')).toBe(false);
});

test('Japanese words that end as verbs and adjectives do modify, nouns do not', async () => {
  const { isModifier } = await asked(['京都を訪れる', '新しい電車', '京都の電車'], ['ja']);
  expect(['訪れる', '新しい'].filter((word) => !isModifier(word))).toEqual([]);
  expect(['京都', '電車'].filter(isModifier)).toEqual([]);
});

test('words of languages without rules are taken for nouns, Spanish participles are not', async () => {
  const { isModifier } = await asked(['de bank is gesloten', 'de gesloten straat'], ['nl']);
  expect(isModifier('gesloten')).toBe(false);
  const { isModifier: isSpanish } = await asked(['el banco ha cerrado', 'han cerrado la calle'], ['es']);
  expect(isSpanish('cerrado')).toBe(true);
});

test('Spanish infinitives, verbs and adjectives modify, nouns do not', async () => {
  const { isModifier } = await asked(
    [
      'la ciudad quiere visitar el hogar',
      'turistas van a visitar un hogar',
      'prefieren visitar los centros turísticos',
      'dicen que pueden visitar centros turísticos, y suelen visitar hoteles',
      'hay visitantes turísticos en el hogar',
      'grupos turísticos y el hogar de siempre',
      'el grupo interpretó canciones',
      'cantantes interpretó, canciones de amor, el amor y la canción',
    ],
    ['es'],
  );
  expect(['visitar', 'turísticos', 'interpretó'].filter((word) => !isModifier(word))).toEqual([]);
  expect(['hogar', 'centros', 'canciones', 'amor'].filter(isModifier)).toEqual([]);
});

test('French nouns after a lost article are no adjectives', async () => {
  const { isModifier } = await asked(
    [
      'il visite hôpital général',
      'elle quitte hôpital',
      'ils voient hôpital',
      'on ferme hôpital',
      'ils devaient partir',
    ],
    ['fr'],
  );
  expect(isModifier('hôpital')).toBe(false);
  expect(isModifier('devaient')).toBe(true);
});

test('Russian adjectives and verbs modify, nouns that end alike do not', async () => {
  const { isModifier } = await asked(
    [
      'хоккеист забил гол',
      'они забили новый гол',
      'материал о нём',
      'материала нет',
      'путешествие в тёплой стране',
    ],
    ['ru'],
  );
  expect(['забил', 'новый', 'тёплой'].filter((word) => !isModifier(word))).toEqual([]);
  expect(['гол', 'материал', 'путешествие'].filter(isModifier)).toEqual([]);
});

test('Korean forms of verbs and adjectives modify, nouns do not', async () => {
  const { isModifier } = await asked(['심각한 문제', '공연했다', '정부는 제공하는 서비스'], ['ko']);
  expect(['심각한', '공연했다', '제공하는'].filter((word) => !isModifier(word))).toEqual([]);
  expect(['문제', '정부', '서비스'].filter(isModifier)).toEqual([]);
});

test('an adjective that hardly ever ends a noun phrase is an attribute, a noun that ends like one is not', async () => {
  const { tokens, uses } = await tokenized([
    'medical data, medical records',
    'the medical history of medical staff',
    'medical advice. No medical care',
    'the new arrival, an arrival date',
    'your arrival is late',
  ]);
  expect(isAttribute(numberOf(tokens, 'medical'), tokens, uses)).toBe(true);
  expect(isAttribute(numberOf(tokens, 'arrival'), tokens, uses)).toBe(false);
});

test('comparatives and superlatives of one adjective modify, nouns with such endings do not', async () => {
  const { isModifier } = await asked(
    [
      'the larger of banks',
      'a bank is the largest',
      'this bank is the worst',
      'in the forest',
      'the interest of a manager',
      'the manager',
    ],
    ['en'],
  );
  expect(['larger', 'largest', 'worst'].filter((word) => !isModifier(word))).toEqual([]);
  expect(['forest', 'interest', 'manager', 'bank'].filter(isModifier)).toEqual([]);
});

test('an adverb is one whose adjective the texts have', async () => {
  const { tokens } = await tokenized(['an immediate reply', 'possible and easy', 'the family', 'a rep']);
  expect(['immediately', 'possibly', 'easily'].filter((word) => !isAdverb(word, tokens))).toEqual([]);
  expect(['family', 'reply', 'currently'].filter((word) => isAdverb(word, tokens))).toEqual([]);
});

test('a Romance word before articles, and hardly after them, is a verb whatever its ending', async () => {
  const { isModifier } = await asked(
    [
      'ella, obtuvo el premio',
      'que obtuvo la copa y el partido',
      'y, obtuvo un punto en el partido',
      'quien obtuvo los puntos de un partido',
      'el partido, los puntos, un punto',
    ],
    ['es'],
  );
  expect(isModifier('obtuvo')).toBe(true);
  expect(['partido', 'puntos', 'copa'].filter(isModifier)).toEqual([]);
});

test('a word that is rare in a group is judged by all texts', async () => {
  const kinds = ['start', 'landing', 'ride', 'handover', 'change'];
  const others = kinds.flatMap((kind) => [`we had a smooth ${kind} here`, `the smooth ${kind} of the lamp`]);
  const { tokens, places, uses } = await tokenized(['a smooth and fast launch', 'near the lamp'], others);
  const finder = new WordFinder(tokens);
  const judged = (word: string) =>
    isModifier(numberOf(tokens, word), finder.find(places[0], [numberOf(tokens, word)]), tokens, uses, [
      'en',
    ]);
  expect(judged('smooth')).toBe(true);
  expect(judged('lamp')).toBe(false);
  expect(judged('launch')).toBe(false);
});

test('a word before articles that never follows one is a verb', async () => {
  const { isModifier } = await asked(
    [
      'noise affects the brain',
      'noise affects my sleep',
      'which affects sleep',
      'sleep and the brain, the sleep',
    ],
    ['en'],
  );
  expect(isModifier('affects')).toBe(true);
  expect(['brain', 'sleep'].filter(isModifier)).toEqual([]);
});

test('a word with the ending of an adjective modifies if a noun follows it each of three times', async () => {
  const { isModifier } = await asked(
    [
      'collaborative tools',
      'with collaborative work',
      'on collaborative editing',
      'a motive, the motive of work',
    ],
    ['en'],
  );
  expect(isModifier('collaborative')).toBe(true);
  expect(isModifier('motive')).toBe(false);
});

test('a rare Romance word with an ending of adjectives modifies where only other words precede it', async () => {
  const { isModifier } = await asked(
    [
      'movimientos sísmicos aquí',
      'los movimientos sísmicos',
      'una alianza aérea',
      'esa alianza aérea',
      'la música',
      'su música',
    ],
    ['es'],
  );
  expect(['sísmicos', 'aérea'].filter((word) => !isModifier(word))).toEqual([]);
  expect(['música', 'alianza', 'movimientos'].filter(isModifier)).toEqual([]);
  const { isModifier: isPortuguese } = await asked(
    ['especialmente aqui', 'uma semente', 'a semente'],
    ['pt'],
  );
  expect(isPortuguese('especialmente')).toBe(true);
  expect(isPortuguese('semente')).toBe(false);
});

test('comparatives modify without their superlative, nouns made of verbs do not', async () => {
  const slower = Array.from({ length: 10 }, (_, i) => `talk slower, voice ${i}`);
  const printer = Array.from({ length: 10 }, (_, i) => `print page ${i} on printer`);
  const { isModifier } = await asked([...slower, ...printer, 'a slow voice', 'two printers'], ['en']);
  expect(isModifier('slower')).toBe(true);
  expect(isModifier('printer')).toBe(false);
});

test('adjectives with a capital modify, names with such endings do not', async () => {
  const texts = Array.from({ length: 8 }, (_, i) => [
    `troops fought Iraqi rebels ${i} in Iraq`,
    `the Democratic nominee ${i} spoke of Arsenal`,
    `an Arsenal striker ${i} left for Arsenal in a bus`,
  ]).flat();
  const { isModifier } = await asked(texts, ['en']);
  expect(['iraqi', 'democratic'].filter((word) => !isModifier(word))).toEqual([]);
  expect(['iraq', 'arsenal'].filter(isModifier)).toEqual([]);
});

test('a word that describes nouns, amounts and times modifies', async () => {
  const fees = Array.from({ length: 50 }, (_, i) => `why the extra fee ${i}`);
  const amounts = Array.from({ length: 10 }, (_, i) => [
    `an extra £${i}`,
    `the estimated time ${i} of repair`,
    `the infected people ${i}`,
  ]);
  const { isModifier } = await asked([...fees, ...amounts.flat(), 'the fee', 'an estimated cost'], ['en']);
  expect(['extra', 'estimated', 'infected'].filter((word) => !isModifier(word))).toEqual([]);
  expect(isModifier('fee')).toBe(false);
});

test('the third person of a verb modifies, a plural does not', async () => {
  const texts = Array.from({ length: 10 }, (_, i) => [
    `to provide stubs ${i}`,
    `stubs ${i} provides`,
    `a stub ${i}`,
  ]);
  const { isModifier } = await asked(texts.flat(), ['en']);
  expect(isModifier('provides')).toBe(true);
  expect(isModifier('stubs')).toBe(false);
});

test('a verb of headlines, which seldom say "to", is one in its third person', async () => {
  const texts = Array.from({ length: 12 }, (_, i) => [`to raise funds ${i}`, `raise ${i}`, `big raise ${i}`]);
  const { isModifier } = await asked([...texts.flat(), 'Uber raises more', 'Lyft raises little'], ['en']);
  expect(isModifier('raises')).toBe(true);
});

test('what follows "this" and "that" is no plural but a verb', async () => {
  const texts = Array.from({ length: 10 }, (_, i) => [`that sounds good ${i}`, `this sounds right ${i}`]);
  const plurals = ['it sounds', 'all sounds of the sea', 'the sounds of music'];
  expect((await asked(texts.flat(), ['en'])).isModifier('sounds')).toBe(true);
  expect((await asked(plurals, ['en'])).isModifier('sounds')).toBe(false);
  const news = Array.from({ length: 10 }, (_, i) => [`that news is ${i}`, `this news is ${i}`]);
  expect((await asked(news.flat(), ['en'])).isModifier('news')).toBe(false);
});

test('a word that ends no noun phrase in twenty modifies, one that ends some does not', async () => {
  const describing = Array.from({ length: 20 }, (_, i) => `for common helpers and oil prices of it ${i}`);
  const ending = Array.from({ length: 9 }, (_, i) => `by oil for it ${i}`);
  const { isModifier } = await asked([...describing, ...ending], ['en']);
  expect(isModifier('common')).toBe(true);
  expect(isModifier('oil')).toBe(false);
});

test('in texts without small words, endings alone show what modifies', async () => {
  const texts = [
    'music band rock guitar',
    'rock music cheaply',
    'guitar music broken rock',
    'band music guitar',
  ];
  const { isModifier } = await asked(texts, ['en']);
  expect(['cheaply', 'broken'].filter((word) => !isModifier(word))).toEqual([]);
  expect(['music', 'rock', 'guitar', 'band'].filter(isModifier)).toEqual([]);
});

test('a verb in the third person is one that "who" and "she" precede and articles hardly ever, though it is a noun without its s', async () => {
  const { isModifier } = await asked(
    [
      ...Array.from(
        { length: 6 },
        (_, i) => `a woman falls in love ${i}, a man falls in love, she falls in the fall`,
      ),
      'they fall and will fall, to fall in love',
      ...Array.from({ length: 6 }, (_, i) => `he visits two cities ${i}, who knows cities`),
    ],
    ['en'],
  );
  expect(isModifier('falls')).toBe(true);
  expect(isModifier('cities')).toBe(false);
});

test('an adjective’s ending is one before a capital too, if that is of a headline', async () => {
  const headlines = [
    'Robust Automatic Speech Models',
    'Fast Automatic Music Scores',
    'Some Automatic Image Tests',
    'Fully Automatic Text Indexing',
    'Modern Automatic Train Signals',
  ];
  const { isModifier } = await asked([...headlines, 'we see it in the end of a day'], ['en']);
  expect(isModifier('automatic')).toBe(true);
  expect(isModifier('speech')).toBe(false);
  const named = await asked(
    headlines.map(
      (text) => `people looked into those ${text.split(' ').slice(1).join(' ')} during their holiday`,
    ),
    ['en'],
  );
  expect(named.isModifier('automatic')).toBe(false);
});

test('a capital in a headline shows no name', async () => {
  const headlines = Array.from({ length: 4 }, (_, i) => `Israel Kills Leader in Camp${i}: to kill a leader`);
  const { isModifier } = await asked(
    [...headlines, ...headlines.map((text) => `we kill and will kill: ${text}`)],
    ['en'],
  );
  expect(isModifier('kills')).toBe(true);
  const sentences = headlines.map((text, i) => `the man saw Kills ${i} of the village. ${text}`);
  const named = await asked(
    [...sentences, ...headlines.map((text) => `we kill and will kill: ${text}`)],
    ['en'],
  );
  expect(named.isModifier('kills')).toBe(false);
});

test('a gerund of what is a verb nearly everywhere is one, interjections modify', async () => {
  const { isModifier } = await asked(
    [
      ...Array.from({ length: 12 }, (_, i) => `to calculate it, we train on the train: ${i}`),
      'calculating spectra, calculating points and training',
      'um, training and spectra',
    ],
    ['en'],
  );
  expect(['calculating', 'um'].filter((word) => !isModifier(word))).toEqual([]);
  expect(['training', 'spectra'].filter(isModifier)).toEqual([]);
});

test('adjectives without an ending modify by their tags wherever few places show it, unless articles make nouns of them', async () => {
  const { isModifier } = await asked(
    [
      'deep clone of objects',
      'objects, deep and shallow',
      'a young, the young',
      'the young of an object',
      'clone objects',
    ],
    ['en'],
  );
  expect(isModifier('deep')).toBe(true);
  expect(['young', 'objects'].filter(isModifier)).toEqual([]);
});

test('a gerund after "when" or "start" is a verb, a word that is predicated and never a noun an adjective', async () => {
  const { isModifier } = await asked(
    [
      'charged when paying by card',
      'a fee when paying now',
      'start calling me Ann',
      'they stop calling me',
      'the training, a training',
      ...Array.from({ length: 10 }, (_, i) => `my bill${i} is due`),
      'the bill due here',
      'rent due',
    ],
    ['en'],
  );
  expect(['paying', 'calling', 'due'].filter((word) => !isModifier(word))).toEqual([]);
  expect(isModifier('training')).toBe(false);
});

test('a verb that is hardly ever a noun is one in its third person too', async () => {
  const shows = Array.from({ length: 10 }, (_, i) => `they show up ${i}`);
  const tops = Array.from({ length: 10 }, (_, i) => `to top up, my top, with ${i}`);
  const { tokens, uses } = await tokenized([...shows, 'it shows up', ...tops]);
  const isVerbOf = (form: string) => isVerbMostly(form, tokens, uses);
  expect(['show', 'shows', 'top', 'up'].filter(isVerbOf)).toEqual(['show', 'shows']);
});

test('a word that articles follow is a verb, unless it is a noun as often', async () => {
  const texts = [
    'the router contains a flaw',
    'routers contain an error',
    'it contains the bug',
    'cameras contain a bug',
  ];
  const { tokens, uses } = await tokenized([
    ...texts,
    'the price a day',
    'a price the shop has',
    'the price',
  ]);
  const found = ['contains', 'contain', 'price', 'bug', 'wearing'].filter((word) =>
    isPlainVerb(numberOf(tokens, word), tokens, uses),
  );
  expect(found).toEqual(['contains', 'contain']);
});

test('a word that is tagged as no noun modifies, unless a preposition or a number shows that it ends what it begins', async () => {
  const texts = [
    'where animals live',
    'which birds live here',
    'waited on hold for hours',
    'kept on hold with music',
    'got 10 rebounds and nine assists',
    'with 12 rebounds for the team',
  ];
  const { isModifier } = await asked(texts, ['en'], (word) => word === 'assists');
  expect(isModifier('live')).toBe(true);
  expect(['hold', 'rebounds', 'assists'].filter(isModifier)).toEqual([]);
  expect((await asked(texts, ['en'], () => undefined)).isModifier('live')).toBe(false);
});

test('what a comma follows may describe a later noun, and an adverb and a gerund may follow anything', async () => {
  const { isModifier } = await asked(
    [
      'a ripe, full wine',
      'this ripe, soft wine',
      'where are you from originally',
      'the place they come from originally, the original place',
      'a dress hitting below the knee',
      'hems hitting low',
      'a knee, this knee',
    ],
    ['en'],
    () => false,
  );
  expect(['ripe', 'originally', 'hitting'].filter((word) => !isModifier(word))).toEqual([]);
  expect(isModifier('knee')).toBe(false);
});
