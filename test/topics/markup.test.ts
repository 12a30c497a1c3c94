import { describe, expect, test } from 'vitest';
import { cleanMarkup, plainText } from '../../src/topics/markup.js';

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

describe('plainText', () => {
  test.each([
    ['RT @user1: late again', ' |  | : late again'],
    ['Dear {{Customer Name}}, see [URL]', 'Dear  | , see  | '],
    ['buy $AAPL (NYSE: GM) or GOOG.O', 'buy  |  ( | ) or  | '],
    ['EE.UU y ASP.NET', 'EE.UU y ASP.NET'],
    ['2031-03-01T12:00:01.123Z ERROR', ' |  ERROR'],
    ['A lexer.\n.. versionadded:: 2.4', 'A lexer.\n |  2.4'],
    ['std::vector ... a::b', 'std::vector ... a::b'],
    ['Sadr #39;s men', "Sadr's men"],
    ["@JetBlue's fleet, @JetBlue said", ' |  fleet,  |  said'],
    ['can\u2019t bat\u00adtery', "can't battery"],
  ])('%j becomes %j', (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });
});
