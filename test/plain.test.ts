import { expect, test } from 'vitest';
import { plainJson, plainLine, plainLines } from '../src/plain.js';

test('terminal sequences, control characters and direction marks are taken out', () => {
  expect(plainLine('\u001b[31mred\u001b[0m \u001b]8;;http://x\u0007link\u001b]8;;\u0007')).toBe('red link');
  expect(plainLine('a\u0000b\u0007c\u007fd\u009be')).toBe('abcde');
  expect(plainLine('safe\u202egnp.exe\u202c \u2066x\u2069 \u200e\u200f\ufeff')).toBe('safegnp.exe x ');
  expect(plainLine('tag\u{e0041}s')).toBe('tags');
});

test('line breaks of every kind and tabs become one space', () => {
  expect(plainLine('a\r\nb\u2028c\u0085d\te')).toBe('a b c d e');
});

test('letters, joiners and emoji of every script stay as they are', () => {
  const text = 'می\u200cخواهم क्\u200dष 👩\u200d💻 naïve – “quoted” 日本';
  expect(plainLine(text)).toBe(text);
});

test('half a surrogate pair becomes U+FFFD', () => {
  expect(plainLine('a\ud800b')).toBe('a\ufffdb');
});

test('several lines keep their breaks and lose the rest', () => {
  expect(plainLines('one\u001b[2J\r\ntwo\u202e')).toBe('one\ntwo');
});

test('JSON escapes what a terminal acts on and reads back as the same value', () => {
  const value = { name: 'a\u001b[31m\u009b\u202e\u2028\u{e0041}', other: 'ü' };
  const json = plainJson(value);
  expect(json).not.toMatch(/(?!\n)\p{Cc}|[\u2028-\u202e\u{e0000}-\u{e007f}]/u);
  expect(JSON.parse(json)).toEqual(value);
  expect(json).toContain('ü');
});
