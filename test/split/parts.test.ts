import { describe, expect, test } from 'vitest';
import { type PartKind, partsOf } from '../../src/split/parts.js';

const cases: [what: string, kind: PartKind, text: string, parts: string[]][] = [
  [
    'full stops, question and exclamation marks end sentences',
    'sentences',
    'It broke. Why?  No idea!',
    ['It broke.', 'Why?', 'No idea!'],
  ],
  ['a text without an end mark is one sentence', 'sentences', ' works well ', ['works well']],
  [
    'a title before a name ends none',
    'sentences',
    'Dr. Smith met Mrs. Jones. They left.',
    ['Dr. Smith met Mrs. Jones.', 'They left.'],
  ],
  [
    'initials end none',
    'sentences',
    'J. R. Smith joined the U.S. Army. Then I. He left.',
    ['J. R. Smith joined the U.S. Army.', 'Then I.', 'He left.'],
  ],
  [
    'a German date ends none',
    'sentences',
    'Am 3. Oktober regnet es. Schade.',
    ['Am 3. Oktober regnet es.', 'Schade.'],
  ],
  [
    'decimals and small letters after a full stop end none',
    'sentences',
    'It costs 3.50 approx. per day. Fine.',
    ['It costs 3.50 approx. per day.', 'Fine.'],
  ],
  [
    'a list’s number stays with its item',
    'sentences',
    '1. Battery. 2. Screen.',
    ['1. Battery.', '2. Screen.'],
  ],
  [
    'line breaks end sentences, as after a title',
    'sentences',
    'Bad phone\nThe screen is dark. It broke.',
    ['Bad phone', 'The screen is dark.', 'It broke.'],
  ],
  [
    'a line that begins small goes on',
    'sentences',
    'The screen\nis dark.\r\nIt broke.',
    ['The screen is dark.', 'It broke.'],
  ],
  [
    'wrapped lines go on, whatever they begin with',
    'sentences',
    'The phone that I bought from the shop of\nMary Smith in New York City last month in\nMay broke. It was dear.',
    [
      'The phone that I bought from the shop of Mary Smith in New York City last month in May broke.',
      'It was dear.',
    ],
  ],
  [
    'what holds no word stays with the sentence before',
    'sentences',
    'So good! 😡😡! Next.',
    ['So good! 😡😡!', 'Next.'],
  ],
  [
    'what holds no word at the start goes with the first',
    'sentences',
    '---\n\nHello there.',
    ['--- Hello there.'],
  ],
  ['a text without words is one part', 'sentences', ' 👍 ', ['👍']],
  ['Chinese', 'sentences', '电池很好。屏幕坏了！为什么？', ['电池很好。', '屏幕坏了！', '为什么？']],
  ['Japanese', 'sentences', '電池がよい。画面が壊れた！', ['電池がよい。', '画面が壊れた！']],
  ['Hindi', 'sentences', 'बैटरी अच्छी है। स्क्रीन टूट गई।', ['बैटरी अच्छी है।', 'स्क्रीन टूट गई।']],
  ['Arabic', 'sentences', 'هل هي جيدة؟ نعم.', ['هل هي جيدة؟', 'نعم.']],
  ['the Greek question mark', 'sentences', 'Τι κάνεις; Καλά.', ['Τι κάνεις;', 'Καλά.']],
  ['a semicolon in English', 'sentences', 'It broke; I left.', ['It broke; I left.']],
  ['Russian', 'sentences', 'Экран сломан. Почему?', ['Экран сломан.', 'Почему?']],
  [
    'blank lines end paragraphs, single line breaks don’t',
    'paragraphs',
    'One. Two.\nThree.\n \t\n\nFour.\r\n\r\nFive.\n',
    ['One. Two.\nThree.', 'Four.', 'Five.'],
  ],
  ['a text without a blank line is one paragraph', 'paragraphs', 'One.\nTwo.', ['One.\nTwo.']],
];

describe('partsOf', () => {
  test.each(cases)('%s', (_, kind, text, parts) => {
    expect(partsOf(text, kind)).toEqual(parts);
  });

  test('parts hold every character of the text but space', () => {
    const without = (text: string) => text.replace(/\s/g, '');
    for (const [, kind, text, parts] of cases)
      expect(without(partsOf(text, kind).join(''))).toBe(without(parts.join('')));
    const odd = '\u2028a. \r\rB!\n\n\n***\n\n\u00a0c';
    for (const kind of ['sentences', 'paragraphs'] as const)
      expect(without(partsOf(odd, kind).join(''))).toBe(without(odd));
  });
});
