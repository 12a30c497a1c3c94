import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CustomVectors, embedTexts, openModel } from '../../src/embed/index.js';

const lengths = (texts: string[]) => texts.map((text) => [text.length, 0]);

describe('a function of the caller', () => {
  it('may return arrays, typed arrays or a matrix; vectors come out at unit length', async () => {
    const functions: ((texts: string[]) => CustomVectors)[] = [
      (texts) => texts.map(() => [3, 4]),
      (texts) => texts.map(() => Float32Array.of(3, 4)),
      (texts) => ({ data: new Float32Array(texts.flatMap(() => [3, 4])), rows: texts.length, cols: 2 }),
    ];
    for (const embed of functions) {
      const result = await embedTexts(['a', 'b'], { model: { embed } });
      expect([...result.vectors.data]).toEqual([0.6, 0.8, 0.6, 0.8].map(Math.fround));
      expect(result).toMatchObject({
        provider: 'custom',
        model: { id: 'custom', dimensions: 2, dtype: 'custom' },
      });
    }
  });

  it('gets each text once, a few hundred at a time', async () => {
    const sizes: number[] = [];
    const texts = Array.from({ length: 600 }, (_, row) => `t${row % 300}`);
    const embed = (part: string[]) => {
      sizes.push(part.length);
      return lengths(part);
    };
    const { vectors } = await embedTexts(texts, { model: { embed } });
    expect(sizes).toEqual([256, 44]);
    expect(vectors.rows).toBe(600);
  });

  it('is cached under its id, and not at all without one', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'denscape-custom-'));
    try {
      let calls = 0;
      const embed = (texts: string[]) => {
        calls++;
        return lengths(texts);
      };
      for (const id of ['mine', 'mine', 'other']) await embedTexts(['a'], { model: { id, embed }, cache });
      expect(calls).toBe(2);
      for (let run = 0; run < 2; run++) await embedTexts(['a'], { model: { embed }, cache });
      expect(calls).toBe(4);
    } finally {
      await rm(cache, { recursive: true, force: true });
    }
  });

  it.each([
    [() => [[1, 2]], /1 vector for 2 texts/],
    [() => [[1, 2], [1]], /vectors of 2 and 1 numbers/],
    [
      () => [
        [1, Number.NaN],
        [1, 2],
      ],
      /number 1 of vector 0 is NaN/,
    ],
    [() => [[], []], /empty vectors/],
    [() => 'no' as unknown as number[][], /must return an array/],
  ] as [() => CustomVectors, RegExp][])('that returns nonsense is named (%#)', async (embed, message) => {
    await expect(embedTexts(['a', 'b'], { model: { embed } })).rejects.toThrow(message);
  });

  it('that throws, throws through; its dimension is known after the first text', async () => {
    const embed = () => {
      throw new Error('my own trouble');
    };
    await expect(embedTexts(['a'], { model: { embed } })).rejects.toThrow('my own trouble');
    const model = await openModel({ model: { embed: lengths } });
    expect(model.dimensions).toBeUndefined();
    await model.embed(['abc']);
    expect(model.dimensions).toBe(2);
  });
});
