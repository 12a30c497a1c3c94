import { describe, expect, it } from 'vitest';
import { ChunkSize, squareOf } from '../../src/store/search.js';

describe('a score', () => {
  it('of L2 is the square already, of IP and COSINE a similarity of unit vectors', () => {
    expect(squareOf('L2', 0.25)).toBe(0.25);
    expect(squareOf('COSINE', 1)).toBe(0);
    expect(squareOf('IP', 0.5)).toBe(1);
    expect(squareOf('COSINE', -1)).toBe(4);
  });

  it('a little outside its range is zero, never a root of a negative number', () => {
    expect(squareOf('COSINE', 1.0000001)).toBe(0);
    expect(squareOf('L2', -1e-9)).toBe(0);
  });
});

describe('queries at once', () => {
  it('of Milvus Lite stay where it needs little memory, however quick it is', () => {
    const chunk = new ChunkSize(384, 51, { lite: true, stored: 7600 });
    expect(chunk.queries).toBeLessThanOrEqual(8);
    for (let i = 0; i < 20; i++) chunk.took(1);
    // 500 queries took 9 GB.
    expect(chunk.queries).toBeLessThanOrEqual(7);
    expect(chunk.queries * 7600 * 384 * 6).toBeLessThanOrEqual(128 * 2 ** 20);
  });

  it('are one where even one is a lot', () => {
    expect(new ChunkSize(4096, 51, { lite: true, stored: 10 ** 6 }).queries).toBe(1);
  });

  it('grow with a quick server and shrink with a slow one', () => {
    const chunk = new ChunkSize(384, 51, { lite: false, stored: 7600 });
    const start = chunk.queries;
    chunk.took(10);
    expect(chunk.queries).toBe(start * 2);
    chunk.took(5000);
    expect(chunk.queries).toBe(start);
    expect(chunk.refused()).toBe(true);
    expect(chunk.queries).toBe(start / 4);
  });

  it('keep a response under 4 MB', () => {
    const chunk = new ChunkSize(8, 16_384, { lite: false, stored: 10 ** 6 });
    for (let i = 0; i < 20; i++) chunk.took(1);
    expect(chunk.queries * 16_384 * 16).toBeLessThanOrEqual(4 * 2 ** 20);
  });

  it('cannot be refused below one', () => {
    const chunk = new ChunkSize(4096, 51, { lite: true, stored: 10 ** 6 });
    expect(chunk.refused()).toBe(false);
  });
});
