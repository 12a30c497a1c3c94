import { readFileSync } from 'node:fs';
import { eld } from 'eld/small';
import { expect, test } from 'vitest';
import { LanguageDetector } from '../../src/topics/detector.js';
import { openNgrams, packNgrams } from '../../src/topics/ngrams.js';

const ngrams = openNgrams(readFileSync(new URL('../../build/topics/ngrams.bin', import.meta.url)));
const detector = new LanguageDetector(ngrams);

/** Scores by language, without those that have none. */
const scoresOf = (text: string): Record<string, number> =>
  Object.fromEntries(
    Array.from(detector.scoresOf(text), (score, language): [string, number] => [
      ngrams.languages[language],
      score,
    ]).filter(([, score]) => score !== 0),
  );

/** The package's scores per n-gram; it shows s / (s + 25). */
const packaged = (text: string): [string, number][] =>
  Object.entries(eld.detect(text).getScores() as Record<string, number>).map(([language, shown]) => [
    language,
    (25 * shown) / (1 - shown),
  ]);

const TEXTS = [
  'The minister said on Tuesday that the talks would go on next week.',
  'Die Ministerin sagte am Dienstag, dass die Gespräche weitergehen.',
  'Le ministre a dit mardi que les discussions continueraient, aujourd’hui.',
  'Министр заявил во вторник, что переговоры продолжатся.',
  'कम्पनीले नयाँ कार्यालय खोल्ने भएको छ',
  '部長は火曜日に協議を続けると述べた。',
  'قال الوزير يوم الثلاثاء إن المحادثات ستستمر',
  "don't 'quoted' `ticks` – I'm 42",
  'a bc def ghij klmno pqrstu',
  'İstanbul’da 😀 görüşmeler 𐐀𐐁 sürecek',
  '12345',
  '',
];

test('a text has the language and, in proportion, the scores that the package gives, in every script', () => {
  for (const text of TEXTS) {
    expect([text, detector.detect(text)]).toEqual([text, eld.detect(text).language]);
    const own = scoresOf(text);
    const others = packaged(text);
    expect([text, Object.keys(own).sort()]).toEqual([text, others.map(([language]) => language).sort()]);
    const ngrams = Math.max(...Object.values(own)) / Math.max(...others.map(([, score]) => score));
    for (const [language, score] of others)
      expect([text, language, own[language] / ngrams]).toEqual([text, language, expect.closeTo(score, 5)]);
  }
});

test.each([
  ['of many words', TEXTS.join(' ').repeat(3)],
  ['that is cut in the middle of a word', `${'x'.repeat(340)} ${'Gespräche'.repeat(12)}`],
  ['with a word longer than is read of one', `${'abcdefg'.repeat(11)} und so weiter`],
  ['of long words of three bytes a letter', '協議を続けると述べた'.repeat(40)],
])('a text %s has the language of the package', (_, text) => {
  for (const from of [0, 1, 7, 300])
    expect(detector.detect(text.slice(from))).toBe(eld.detect(text.slice(from)).language);
});

test('a table gives back what it was packed from', () => {
  const languages = { languages: ['aa', 'bb'], separators: '[^a-z]+' };
  const bytes = (text: string) => Array.from(new TextEncoder().encode(text));
  const packed = packNgrams(languages, [
    { bytes: bytes(' ab '), scores: [[1, 5]] },
    {
      bytes: bytes(' the '),
      scores: [
        [0, 7],
        [1, 9],
      ],
    },
  ]);
  const small = new LanguageDetector(openNgrams(packed));
  expect(small.ngrams.languages).toEqual(['aa', 'bb']);
  expect(Array.from(small.scoresOf('ab the AB'))).toEqual([60, 120]);
  expect(Array.from(small.scoresOf('the'))).toEqual([60, 62]);
  expect(small.detect('ab')).toBe('bb');
  expect(small.detect('nothing')).toBe('');
});
