import { expect, test } from 'vitest';
import { isArabicModifier } from '../../src/topics/arabic.js';
import { withoutClitics } from '../../src/topics/clitics.js';
import { tokenize } from '../../src/topics/tokens.js';
import { Divider } from '../../src/topics/words.js';
import { numberOf } from './tokenized.js';

async function modifiersIn(texts: string[], words: string): Promise<string[]> {
  const tokens = withoutClitics(await tokenize(texts, new Divider(['ar']), () => undefined), 'ar');
  return words.split(' ').filter((word) => isArabicModifier(numberOf(tokens, word), tokens));
}

test('a definite word that follows definite nouns is their adjective', async () => {
  const texts = ['الذكرى السنوية للمدينة', 'في الحفلة السنوية', 'عن الذكرى السنوية', 'تاريخ المدينة الكبيرة'];
  expect(await modifiersIn(texts, 'السنوية الذكرى المدينة')).toEqual(['السنوية']);
});

test('a verb is known by its other persons, a noun by the article or a preposition', async () => {
  const texts = ['سجل اللاعب هدفا', 'سجلت المغنية أغنية', 'يسجل كثيرا', 'كتب الفريق في كتاب', 'قرأ الكتاب'];
  expect(await modifiersIn(texts, 'سجل كتاب')).toEqual(['سجل']);
});
