import { beforeAll, expect, test } from 'vitest';
import { detectLanguages, loadLanguages, relatedLanguages } from '../../src/topics/language.js';

beforeAll(loadLanguages);

test.each([
  ['en', 'Dockworkers vote to end the strike at the largest port in the country'],
  ['de', 'Die Gewerkschaft der Lokführer hat ihre Mitglieder zum Streik aufgerufen'],
  ['zh', '码头工会要求提高工资，集装箱船在海上等候。'],
  ['ja', '気象庁は東京で桜が開花したと発表した。'],
  ['ar', 'قفزت أسعار النفط الخام في الأسواق العالمية يوم الاثنين'],
  ['hi', 'नदी का जल स्तर बढ़ने के बाद लोगों को राहत शिविर में भेजा गया है'],
  ['ne', 'बाढीका कारण यातायात बन्द भएको छ र पहिरो गएको छ'],
  ['th', 'ฝนตกหนักทำให้น้ำท่วมหลายจังหวัด'],
])('%s is detected', (language, text) => {
  expect(detectLanguages([text, text])).toEqual([language]);
});

test('one foreign text among many does not decide', () => {
  const english = Array.from({ length: 30 }, (_, i) => `The council voted on Tuesday about road number ${i}`);
  expect(detectLanguages(['Die Bahn streikt heute wieder im ganzen Land', ...english])).toEqual(['en']);
});

test('nothing to read is no language', () => {
  expect(detectLanguages([])).toEqual([]);
  expect(detectLanguages(['12 34', '!!!'])).toEqual([]);
});

test('texts half in one language and half in another are in both', () => {
  const english = Array.from({ length: 10 }, (_, i) => `The council voted on Tuesday about road number ${i}`);
  const german = Array.from({ length: 10 }, () => 'Die Bahn streikt heute wieder im ganzen Land');
  expect(detectLanguages([...english, ...german]).sort()).toEqual(['de', 'en']);
});

test.each([2, 4])('every %i-th group of texts in another language than usual is found', (period) => {
  const texts = Array.from({ length: 40 }, (_, i) =>
    Math.floor(i / 5) % period === 1
      ? 'Die Bahn streikt heute wieder im ganzen Land'
      : `The council voted on Tuesday about road number ${i}`,
  );
  expect(detectLanguages(texts, 'en').sort()).toEqual(['de', 'en']);
});

test('texts in the usual language are in that alone, others in theirs', () => {
  const english = Array.from({ length: 40 }, (_, i) => `The council voted on Tuesday about road number ${i}`);
  expect(detectLanguages(english, 'en')).toEqual(['en']);
  expect(detectLanguages(english, 'de')).toEqual(['en']);
});

test('Hindi and Nepali share their lists, since short texts are mistaken', () => {
  expect(relatedLanguages(['hi'], 'नदी')).toEqual(['hi', 'mr', 'ne']);
  expect(relatedLanguages(['en'], 'river')).toEqual(['en']);
});
