import { expect, test } from 'vitest';
import { isRomanceModifier, isRomanceVerb } from '../../src/topics/inflected.js';
import { tokenize } from '../../src/topics/tokens.js';
import { Divider } from '../../src/topics/words.js';
import { numberOf } from './tokenized.js';

async function modifiersIn(language: string, texts: string[], words: string): Promise<string[]> {
  const tokens = await tokenize(texts, new Divider([language]), () => undefined);
  return words.split(' ').filter((word) => isRomanceModifier(numberOf(tokens, word), language, tokens));
}

test.each([
  [
    'fr',
    ['ils ont marqué deux buts', 'pour marquer des points', 'le marché du livre', 'la santé'],
    'marqué marché santé',
    ['marqué'],
  ],
  [
    'fr',
    ['une intelligence artificielle', 'un lac artificiel', 'une nouvelle ruelle'],
    'artificielle ruelle',
    ['artificielle'],
  ],
  [
    'es',
    ['un virus infectado', 'puede infectar aves', 'el resultado', 'resultar heridos'],
    'infectado resultado',
    ['infectado'],
  ],
  [
    'it',
    ['per contagiare gli altri', 'persone contagiate', 'il mare', 'per adattarsi'],
    'contagiare mare adattarsi',
    ['contagiare', 'adattarsi'],
  ],
  [
    'pt',
    ['um grupo determinado', 'para determinar isso', 'o resultado', 'resultar nisso'],
    'determinado resultado',
    ['determinado'],
  ],
])(
  '%s: participles, adjectives and infinitives are known by other forms, nouns by their article',
  async (language, texts, words, modifiers) => {
    expect(await modifiersIn(language, texts, words)).toEqual(modifiers);
  },
);

test('a French adverb is one by its adjective, a noun in -ment is none', async () => {
  const texts = ['il est mort immédiatement', 'le gouvernement', 'un bâtiment ancien', 'un équipement'];
  expect(await modifiersIn('fr', texts, 'immédiatement gouvernement bâtiment équipement')).toEqual([
    'immédiatement',
  ]);
});

test('a verb in the future is one, an infinitive and a noun are none', async () => {
  const texts = ['el paquete instalará juegos', 'para instalar juegos', 'los juegos'];
  const tokens = await tokenize(texts, new Divider(['es']), () => undefined);
  const verbs = ['instalará', 'instalar', 'juegos'].filter((word) =>
    isRomanceVerb(numberOf(tokens, word), 'es', tokens),
  );
  expect(verbs).toEqual(['instalará']);
});
