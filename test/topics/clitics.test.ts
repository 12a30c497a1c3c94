import { expect, test } from 'vitest';
import { withoutClitics } from '../../src/topics/clitics.js';
import { type Tokens, tokenize } from '../../src/topics/tokens.js';
import { Divider } from '../../src/topics/words.js';

const basesOf = async (language: string, ...texts: string[]): Promise<Record<string, string>> => {
  const { forms, words, wordOf }: Tokens = withoutClitics(
    await tokenize(texts, new Divider([language]), () => undefined),
    language,
  );
  return Object.fromEntries(forms.map((form, id) => [form, words[wordOf[id]]]));
};

test('an Arabic word loses "and", "in the" and "for the" where the rest is as common', async () => {
  const bases = await basesOf('ar', 'الإنترنت', 'الإنترنت أولا', 'بالإنترنت', 'والإنترنت', 'للإنترنت');
  expect(new Set(['بالإنترنت', 'والإنترنت', 'للإنترنت'].map((form) => bases[form]))).toEqual(
    new Set(['الإنترنت']),
  );
});

test('an Arabic word that begins with the same letter stays whole', async () => {
  // وزير: minister; بيت: house.
  const bases = await basesOf('ar', 'وزير', 'بيت', 'زيت');
  expect(bases.وزير).toBe('وزير');
  expect(bases.بيت).toBe('بيت');
});

test('a Hebrew word loses its article and prepositions where the rest is as common', async () => {
  const bases = await basesOf('he', 'ממשלה', 'ממשלה חדשה', 'הממשלה', 'בממשלה');
  expect(bases.הממשלה).toBe('ממשלה');
  expect(bases.בממשלה).toBe('ממשלה');
});

test('words of other languages stay as they are', async () => {
  expect(await basesOf('fa', 'والا', 'الا')).toEqual({ والا: 'والا', الا: 'الا' });
});

test('a Turkish name loses the case after its apostrophe', async () => {
  const bases = await basesOf('tr', "Haiti'ye gitti", "km²'lik");
  expect(bases["Haiti'ye"]).toBe('haiti');
});

test('a Greek word loses the accent that a pronoun after it adds, and keeps its own', async () => {
  const bases = await basesOf('el', 'η προσγείωσή του', 'τα διαβατήριά μας', 'η αρχή');
  expect([bases.προσγείωσή, bases.διαβατήριά, bases.αρχή]).toEqual(['προσγείωση', 'διαβατήρια', 'αρχή']);
});
