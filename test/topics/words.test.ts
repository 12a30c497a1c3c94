import { describe, expect, test } from 'vitest';
import { Divider, type Gap, isTelling, joinWords, keyOf, PAUSE, STOP } from '../../src/topics/words.js';

/** Words and gaps in order. */
function divide(text: string, language = 'en'): (string | Gap)[] {
  const parts: (string | Gap)[] = [];
  new Divider([language]).divide(text, {
    word: (whole, start, end) => parts.push(whole.slice(start, end)),
    gap: (gap) => parts.push(gap),
  });
  return parts;
}

const words = (text: string, language?: string) =>
  divide(text, language).filter((part) => typeof part === 'string');

describe('Divider', () => {
  test.each([
    [
      'en',
      "Google's IPO: it isn't over-hyped, U.S. says",
      ["Google's", 'IPO', 'it', "isn't", 'over-hyped', 'U.S.', 'says'],
    ],
    ['fr', "L'équipe d'Arles qu’on aime", ['équipe', 'Arles', 'on', 'aime']],
    ['de', 'Straßenbahn, die „Größe“', ['Straßenbahn', 'die', 'Größe']],
    ['hi', 'नदी का जल स्तर', ['नदी', 'का', 'जल', 'स्तर']],
    ['zh', '港口工人罢工', ['港口', '工人', '罢工']],
    ['th', 'น้ำท่วมกรุงเทพ', ['น้ำ', 'ท่วม', 'กรุงเทพ']],
    ['fa', 'می‌خواهم بروم', ['می‌خواهم', 'بروم']],
  ])('in %s %j is divided into its words', (language, text, expected) => {
    expect(words(text, language)).toEqual(expected);
  });

  test('a comma is a pause, a sentence or a line that ends is a stop, a space is neither', () => {
    expect(divide('one two, three. Four\nfive')).toEqual([
      'one',
      'two',
      PAUSE,
      'three',
      STOP,
      'Four',
      STOP,
      'five',
    ]);
  });

  test.each([
    ['St. Louis and Mr. Smith', ['St.', 'Louis', 'and', 'Mr.', 'Smith']],
    ['the U.S. Open', ['the', 'U.S.', 'Open']],
    ['C++, C# or .NET and Node.js', ['C++', PAUSE, 'C#', 'or', '.NET', 'and', 'Node.js']],
    ['in C/C++ or C/C', ['in', 'C/C++', 'or', 'C/C']],
    ['PL/SQL, CI/CD; EMR/PACS', ['PL/SQL', PAUSE, 'CI/CD', PAUSE, 'EMR', PAUSE, 'PACS']],
    ['a bat\u00adtery that isn\u2019t', ['a', 'battery', 'that', "isn't"]],
    ['Sean O #39;Keefe', ['Sean', "O'Keefe"]],
    ['at com.example.web.Dispatch', ['at', 'com', PAUSE, 'example', PAUSE, 'web', PAUSE, 'Dispatch', PAUSE]],
  ])('%j is divided into its words', (text, expected) => {
    expect(divide(text)).toEqual(expected);
  });

  test('for scripts with spaces the fast rule finds the platform’s words', () => {
    const text = 'Naïve café-goers can’t pay 3.5 euros; Київ та Αθήνα, القاهرة اليوم, दिल्ली में';
    const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
    const platform = Array.from(segmenter.segment(text)).flatMap(({ segment, isWordLike }) =>
      isWordLike ? [segment.replace('’', "'")] : [],
    );
    // Hyphenated words stay whole here, numbers are dropped later.
    const ours = words(text).flatMap((word) => word.split('-'));
    expect(ours.filter((word) => !/\d/.test(word))).toEqual(platform.filter((word) => !/\d/.test(word)));
  });
});

test.each([
  ['7', false],
  ['2031', false],
  ['G7', true],
  ['x', false],
  ['的', false],
  ['港口', true],
  ['です', false],
  ['ひまわり', true],
  ['电', false],
  ['第十', false],
  ['三百', false],
  ['7f9c2ba4e88f', false],
  ['AB-123456', false],
  ['mp3', true],
])('%s tells something: %s', (form, telling) => {
  expect(isTelling(form)).toBe(telling);
});

test('case, Arabic vowel marks and the tatweel do not make another word', () => {
  expect(keyOf('Oil')).toBe(keyOf('OIL'));
  expect(keyOf('النَّفـط')).toBe(keyOf('النفط'));
});

test('the dots of initials, the genitive and the apostrophe of print do not make another word', () => {
  expect(keyOf('U.N.')).toBe(keyOf('UN'));
  expect(keyOf("Google's")).toBe(keyOf('Google'));
  expect(keyOf('St.')).toBe('st');
});

test('US, IT and WHO are not us, it and who', () => {
  expect(keyOf('U.S.')).toBe(keyOf('US'));
  expect(keyOf('US')).not.toBe(keyOf('us'));
  expect(keyOf('IT')).not.toBe(keyOf('it'));
});

test('words of scripts without spaces are joined without one', () => {
  expect(joinWords('oil', 'prices')).toBe('oil prices');
  expect(joinWords('港口', '罢工')).toBe('港口罢工');
});
