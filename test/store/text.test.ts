import { describe, expect, it } from 'vitest';
import { fitText } from '../../src/store/text.js';

describe('a text that is too long', () => {
  it('is cut at its last whole character', () => {
    expect(fitText('naïve', 3)).toBe('na');
    expect(fitText('naïve', 4)).toBe('naï');
    expect(fitText('a😀b', 4)).toBe('a');
    expect(fitText('a😀b', 5)).toBe('a😀');
  });

  it('is left alone when it fits', () => {
    const text = 'é'.repeat(32_767);
    expect(fitText(text, 65_535)).toBe(text);
    expect(Buffer.byteLength(fitText(`${text}é`, 65_535))).toBe(65_534);
  });
});
