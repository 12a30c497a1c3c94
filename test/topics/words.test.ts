import { describe, expect, test } from 'vitest';
import { cleanMarkup, Divider, isTelling, joinWords, keyOf } from '../../src/topics/words.js';

const words = (text: string, language?: string) =>
  new Divider(language).divide(text).forms.filter((form) => form !== '');

describe('cleanMarkup', () => {
  test.each([
    ['&lt;b&gt;Bold&lt;/b&gt; text', ' Bold  text'],
    ['a \\$47 barrel\\of oil', 'a  $47 barrel of oil'],
    ['worth #36;10 million', 'worth $10 million'],
    ['Sadr #39;s men', "Sadr 's men"],
    ['twice &amp;lt;i&amp;gt;packed', 'twice  packed'],
    ['see https://example.org/a?b=c now', 'see   now'],
    ['plain text stays; really', 'plain text stays; really'],
    ['1 < 2 and 3 > 2', '1 < 2 and 3 > 2'],
    ['&#x1F600; &#0;', '😀  '],
  ])('%j becomes %j', (text, clean) => {
    expect(cleanMarkup(text)).toBe(clean);
  });
});

describe('Divider', () => {
  test.each([
    [
      'en',
      "Google's IPO: it isn't over-hyped, U.S. says",
      ['Google', 'IPO', 'it', "isn't", 'over-hyped', 'U.S', 'says'],
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

  test('punctuation and new lines break, spaces do not', () => {
    expect(new Divider('en').divide('one two, three\nfour').forms).toEqual([
      'one',
      'two',
      '',
      'three',
      '',
      'four',
    ]);
  });

  test('for scripts with spaces the fast rule finds the platform’s words', () => {
    const text = 'Naïve café-goers can’t pay 3.5 euros; Київ та Αθήνα, القاهرة اليوم, दिल्ली में';
    const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
    const platform = Array.from(segmenter.segment(text)).flatMap(({ segment, isWordLike }) =>
      isWordLike ? [segment] : [],
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
])('%s tells something: %s', (form, telling) => {
  expect(isTelling(form)).toBe(telling);
});

test('case, Arabic vowel marks and the tatweel do not make another word', () => {
  expect(keyOf('Oil')).toBe(keyOf('OIL'));
  expect(keyOf('النَّفـط')).toBe(keyOf('النفط'));
});

test('words of scripts without spaces are joined without one', () => {
  expect(joinWords('oil', 'prices')).toBe('oil prices');
  expect(joinWords('港口', '罢工')).toBe('港口罢工');
});
