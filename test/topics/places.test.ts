import { expect, test } from 'vitest';
import { hasMarks, isModifierByPlace } from '../../src/topics/places.js';
import { tokenize } from '../../src/topics/tokens.js';
import { Divider } from '../../src/topics/words.js';
import { numberOf } from './tokenized.js';

async function modifiersIn(language: string, texts: string[], words: string): Promise<string[]> {
  const tokens = await tokenize(texts, new Divider([language]), () => undefined);
  return words.split(' ').filter((word) => isModifierByPlace(numberOf(tokens, word), language, tokens));
}

test('Swedish verbs are known by pronouns before and objects after them, nouns by articles', async () => {
  const texts = [
    'Han slutade på andra plats',
    'De vill besöka en stad',
    'En turist kan besöka staden',
    'Vi ska besöka den',
  ];
  expect(await modifiersIn('sv', texts, 'slutade besöka stad turist plats')).toEqual(['slutade', 'besöka']);
});

test('plurals that end like verbs stay nouns', async () => {
  const texts = ['flera tyska ubåtar sjönk', 'på öar och med ubåtar', 'från ubåtar'];
  expect(await modifiersIn('sv', texts, 'ubåtar öar')).toEqual([]);
});

test('Russian verbs are known by pronouns before them, nouns by prepositions', async () => {
  const texts = [
    'Они едят рыбу',
    'Кошки не едят траву',
    'Он едят всё',
    'Без ребят и для ребят',
    'Не для ребят',
  ];
  expect(await modifiersIn('ru', texts, 'едят ребят')).toEqual(['едят']);
});

test('Polish verbs in the past are known by their ending, nouns that end like them are not taken for any', async () => {
  const texts = ['Kierowca odniósł obrażenia', 'Nowy pomysł i przemysł'];
  expect(await modifiersIn('pl', texts, 'odniósł pomysł przemysł')).toEqual(['odniósł']);
});

test('Dutch verbs are known by what stands before them', async () => {
  const texts = ['Als u reist, neem geld mee', 'Hij scoorde een doelpunt', 'De speler met de bal'];
  expect(await modifiersIn('nl', texts, 'reist scoorde speler bal')).toEqual(['reist', 'scoorde']);
});

test('Indonesian and Malay verbs are known by their prefixes, unless they stand where nouns do', async () => {
  const texts = ['Mereka membatalkan festival', 'Ia mencetak gol', 'Sebuah mesin di dalam mesin'];
  for (const language of ['id', 'ms'])
    expect(await modifiersIn(language, texts, 'membatalkan mencetak mesin festival')).toEqual([
      'membatalkan',
      'mencetak',
    ]);
});

test('Hindi adjectives made of nouns are no names, nouns with a postposition are', async () => {
  const texts = ['दक्षिण में गोलार्ध का', 'दक्षिणी गोलार्ध', 'संक्रमित रोगी को', 'पानी का स्तर', 'पान की दुकान'];
  expect(await modifiersIn('hi', texts, 'दक्षिणी संक्रमित गोलार्ध पानी')).toEqual(['दक्षिणी', 'संक्रमित']);
});

test('Polish and Ukrainian verbs in the past are none of the nouns that end like them', async () => {
  const polish = [
    'Ona ukończyła wyścig',
    'z materiałem',
    'nowy materiał',
    'na materiał',
    'Do wypadku doszło',
  ];
  expect(await modifiersIn('pl', polish, 'ukończyła doszło materiał')).toEqual(['ukończyła', 'doszło']);
  const ukrainian = ['Співак акомпанував гурту', 'із залів', 'приклади включають назви', 'у склянці вода'];
  expect(await modifiersIn('uk', ukrainian, 'акомпанував включають вода')).toEqual([
    'акомпанував',
    'включають',
  ]);
});

test('only languages with tables are judged so', () => {
  expect(['sv', 'da', 'no', 'nl', 'id', 'hi', 'fa', 'vi', 'th', 'el', 'pl', 'uk'].every(hasMarks)).toBe(true);
  expect([undefined, 'en', 'xx'].some(hasMarks)).toBe(false);
});

test('participles after auxiliaries are no nouns, nor are adjectives between an article and a noun', async () => {
  const danish = [
    'koncerten er aflyst',
    'turen blev aflyst',
    'den amerikanske præsident',
    'en fantastisk rejse',
  ];
  expect(await modifiersIn('da', danish, 'aflyst amerikanske fantastisk koncerten præsident rejse')).toEqual([
    'aflyst',
    'amerikanske',
    'fantastisk',
  ]);
  const dutch = [
    'een bepaalde reis',
    'de bepaalde plek',
    'een bepaalde stad',
    'de zanger zingt',
    'de zanger danst',
  ];
  expect(await modifiersIn('nl', dutch, 'bepaalde zanger reis plek')).toEqual(['bepaalde']);
  expect(
    await modifiersIn('sv', ['konserten är inställt', 'ett inställt möte'], 'inställt konserten möte'),
  ).toEqual(['inställt']);
});

test('Persian adjectives made of nouns are no nouns, what is made of an infinitive is', async () => {
  const texts = ['چوب در کلبه', 'کلبه چوبی', 'نوشیدن', 'نوشیدنی سرد'];
  expect(await modifiersIn('fa', texts, 'چوب چوبی کلبه نوشیدنی')).toEqual(['چوبی']);
});
