import { expect, test } from 'vitest';
import { Forms } from '../../src/topics/forms.js';

test('a string has one number wherever it stands in a text, others have none', () => {
  const forms = new Forms();
  const oil = forms.add('oil');
  const oils = forms.add('oils');
  expect(forms.find('crude oil prices', 6, 9)).toBe(oil);
  expect(forms.find('oils', 0, 4)).toBe(oils);
  expect(forms.find('oils', 0, 3)).toBe(oil);
  expect(forms.find('Oil', 0, 3)).toBe(-1);
  expect(forms.find('soil', 0, 3)).toBe(-1);
  expect(forms.all).toEqual(['oil', 'oils']);
});

test('characters of every width are distinguished', () => {
  const forms = new Forms();
  const all = ['\u00e9', 'e\u0301', '日本', '\u{1d49c}', '\ud835', 'i', 'ı', ''];
  for (const form of all) forms.add(form);
  expect(all.map((form) => forms.find(`x${form}y`, 1, 1 + form.length))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('a hundred thousand strings keep their numbers as the table grows', () => {
  const forms = new Forms();
  const names = Array.from({ length: 100_000 }, (_, i) => `word${i * 7}`);
  for (const name of names) forms.add(name);
  expect(names.every((name, id) => forms.find(name, 0, name.length) === id)).toBe(true);
  expect(forms.find('word1', 0, 5)).toBe(-1);
});

test('strings of equal hash are distinguished by their characters', () => {
  const forms = new Forms();
  const twins = sameHash();
  expect(twins[0]).not.toBe(twins[1]);
  expect(forms.add(twins[0])).toBe(0);
  expect(forms.find(twins[1], 0, twins[1].length)).toBe(-1);
  expect(forms.add(twins[1])).toBe(1);
  expect(twins.map((twin) => forms.find(twin, 0, twin.length))).toEqual([0, 1]);
});

/** Two strings of the same 32-bit hash; among 300,000 about ten pairs are expected. */
function sameHash(): [string, string] {
  const seen = new Map<number, string>();
  for (let i = 0; i < 300_000; i++) {
    const text = `${i.toString(36)}${(i * i).toString(36)}`;
    let hash = 0x811c9dc5;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    const other = seen.get(hash);
    if (other !== undefined) return [other, text];
    seen.set(hash, text);
  }
  throw new Error('no two strings of the same hash');
}
