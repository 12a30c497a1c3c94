import { expect, test } from 'vitest';
import { CONTENT, FUNCTION, GENERIC, GIVEN, stopWords, wordsOfGrammar } from '../../src/topics/stopwords.js';

const use = (word: string, ...languages: string[]) => stopWords(languages).get(word) ?? CONTENT;

test.each([
  ['en', "the she said don't can't we're im when which how ie eg"],
  ['de', 'der nicht könnten laut über auch falls angesichts unseren zudem zb jänner'],
  ['es', 'que también según dijo estaba muy todos'],
  ['fr', 'avec après depuis toutes entre'],
  ['ru', 'который также после между очень если'],
  ['nl', 'wordt volgens tussen tijdens'],
  ['it', 'anche ancora molto dopo'],
  ['pt', 'também muito ainda depois'],
  ['zh', '我们 因为 虽然 没有'],
  ['ja', 'こと する という しょう つまり'],
  ['ar', 'على هذه التي بعد لديهم ولكن وهذا معها فقط'],
  ['hi', 'है और लिए किया क्योंकि जाता दौरान उसके'],
  ['el', 'είναι ότι ήταν επίσης μπορεί χωρίς αυτοί'],
  ['he', 'יותר כדי לאחר הייתה ללא מאוד עבור'],
  ['fa', 'هستند می‌شود داشته بسیاری همچنین هنگام'],
  ['uk', 'якщо через можуть оскільки зазвичай які'],
  ['ro', 'și decât între foarte așa aceștia'],
  ['da', 'hvilket selvom mellem uden første blevet'],
  ['sv', 'vissa medan fortfarande kallas ungefär'],
  ['no', 'hvilken mellom ikke etter også'],
  ['ca', 'poden tenen sense qualsevol sovint'],
  ['fi', 'koska usein vaikka yleensä eivät'],
  ['cs', 'často poté například během protože'],
  ['pl', 'większość niektóre dzięki którą podczas'],
  ['tr', 'genellikle bulunan aynı olarak çünkü'],
  ['ja', 'それら すべて さまざま'],
  ['zh', '之间 这种 很多'],
  ['th', 'สามารถ คุณ สำหรับ อื่นๆ เธอ'],
])('in %s %s tell nothing', (language, words) => {
  for (const word of words.split(' ')) expect([word, use(word, language)]).not.toEqual([word, CONTENT]);
});

test.each([
  ['en', 'computer world system microsoft research health'],
  ['de', 'mensch recht computer welt bahn gesundheit'],
  ['es', 'trabajo empleo estado país computadora mundo'],
  ['fr', 'personne droite parole ordinateur monde'],
  ['ru', 'вода война город деньги россия компьютер'],
  ['it', 'città lavoro mondo paese vita'],
  ['ar', 'الحكومة مدينة حرب علم كتاب'],
  ['hi', 'सरकार शहर युद्ध पानी'],
  ['ja', '電車 政府 大学'],
  ['pt', 'sistema trabalho viagem povo'],
  ['el', 'χώρα πόλη κυβέρνηση υγεία'],
  ['he', 'ממשלה עיר מלחמה מים'],
  ['fa', 'کشور شهر جنگ خدمات'],
  ['uk', 'війна місто уряд вода'],
  ['ro', 'țară oraș guvern apă'],
  ['da', 'regering by krig vand'],
  ['sv', 'regering stad krig vatten'],
  ['fi', 'hallitus kaupunki sota kukka'],
  ['pl', 'rząd miasto wojna woda'],
  ['tr', 'hükümet şehir savaş su'],
])('in %s %s are what texts are about', (language, words) => {
  for (const word of words.split(' ')) expect([word, use(word, language)]).toEqual([word, CONTENT]);
});

test('"ie" tells nothing, "IE" is a browser', () => {
  expect([use('ie', 'en'), use('IE', 'en')]).toEqual([FUNCTION, CONTENT]);
});

test('numbers, months and words of telling may be the edge of a phrase, grammar may not', () => {
  expect(use('new', 'en')).toBe(GENERIC);
  expect(use('october', 'en')).toBe(GENERIC);
  expect(use('montag', 'de')).toBe(GENERIC);
  expect(use('of', 'en')).toBe(FUNCTION);
  expect(['else', 'everywhere', 'otherwise'].map((word) => use(word, 'en'))).toEqual(Array(3).fill(FUNCTION));
});

test('units of measure tell nothing in any language, nor do the greetings of letters', () => {
  for (const language of ['en', 'de', 'ja', 'xx']) expect(use('km', language)).toBe(GENERIC);
  expect(use('geehrte', 'de')).toBe(GENERIC);
  expect(use('saludos', 'es')).toBe(GENERIC);
  expect(use('здравствуйте', 'ru')).toBe(GENERIC);
});

test('English words tell nothing in other languages either, unless they are words there', () => {
  expect(use('the', 'de')).toBe(FUNCTION);
  expect(use('with', 'es')).toBe(FUNCTION);
  expect(use('but', 'fr')).toBe(CONTENT);
});

test('words of the caller are left out in every language, however they are written', () => {
  expect(stopWords(['xx'], ['Acme', 'straße']).get('acme')).toBe(GIVEN);
});

test('words of grammar are those of the languages; words that only name no topic are none of them', () => {
  const words = wordsOfGrammar(['en', 'de']);
  for (const word of ['the', 'for', 'nicht', 'über']) expect(words).toContain(word);
  for (const word of ['good', 'yesterday', 'battery', 'avec']) expect(words).not.toContain(word);
});
