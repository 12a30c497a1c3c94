import { expect, test } from 'vitest';
import { groupByLabel } from '../../src/topics/groups.js';
import { usesOf } from '../../src/topics/keywords.js';
import { withoutParticles } from '../../src/topics/korean.js';
import { nounPhrase } from '../../src/topics/noun-phrases.js';
import { WordFinder } from '../../src/topics/occurrences.js';
import { growPhrase } from '../../src/topics/phrases.js';
import { Speller } from '../../src/topics/spelling.js';
import { stopWords } from '../../src/topics/stopwords.js';
import { tokenize } from '../../src/topics/tokens.js';
import { Divider } from '../../src/topics/words.js';
import { numberOf } from './tokenized.js';

/** The phrase that a word grows to in texts of one group, before and after. */
async function phrasesOf(language: string, word: string, texts: string[]): Promise<string[]> {
  const tokens = withoutParticles(await tokenize(texts, new Divider([language]), () => undefined));
  const places = groupByLabel(new Int32Array(texts.length), 1, tokens.order)[0];
  const uses = usesOf(tokens, stopWords([language]));
  const number = numberOf(tokens, word);
  const group = new WordFinder(tokens).find(places, [number]);
  const grown = growPhrase(number, group, tokens, uses, 2);
  const alone = { at: group.positions.get(number) ?? new Int32Array(), before: 0, after: 0 };
  const cut = nounPhrase(grown, alone, tokens, uses, language);
  return [grown, cut].map((phrase) => new Speller(tokens).spell(phrase));
}

const repeated = (texts: string[]) => texts.flatMap((text, at) => [text, `${text} ${at}`, `${at} ${text}`]);

test.each([
  ['es', 'juegos', 'metapaquete instalará juegos', 'juegos'],
  ['ru', 'пакет', 'пакет содержит драйвер', 'пакет'],
  ['pl', 'sterownik', 'pakiet instaluje sterownik', 'sterownik'],
  ['tr', 'oyuncu', 'oyuncu gol attı', 'oyuncu gol'],
  ['ko', '효율성', '속도와 효율성을 제공하는 서버', '속도와 효율성'],
])('%s: %s is cut out of the clause "%s"', async (language, word, clause, name) => {
  const others = { ru: ['содержать файлы'] }[language] ?? [];
  expect(await phrasesOf(language, word, [...repeated([clause]), ...others])).toEqual([clause, name]);
});

test('a phrase of nouns and their adjectives stays whole', async () => {
  const texts = repeated(['правила использования подводные лодки']);
  expect(await phrasesOf('ru', 'лодки', texts)).toEqual([texts[0], texts[0]]);
});

test('an adjective that lacks its noun is no part of a phrase where it stands before nouns', async () => {
  expect(await phrasesOf('ru', 'войны', repeated(['ход войны мировой']))).toEqual([
    'ход войны мировой',
    'ход войны',
  ]);
});

test('a preposition begins no phrase, an article of a name does', async () => {
  const about = Array.from({ length: 24 }, (_, at) => `${at} archivos de sonido ${at}`);
  expect((await phrasesOf('es', 'sonido', about))[1]).not.toMatch(/^de /);
  const name = Array.from({ length: 24 }, (_, at) => `${at} en La Habana ${at}`);
  expect((await phrasesOf('es', 'habana', name))[1]).toBe('La Habana');
});
