import { describe, expect, test } from 'vitest';
import { PALETTE, PLAIN_SHADE, SHADES, shadeOf, spreadColors } from '../../src/output/palette.js';

/** Linear light of an sRGB channel. */
const linear = (c: number) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);

/** CIE Lab from linear sRGB (D65). */
function lab([r, g, b]: number[]): [number, number, number] {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Severe colour blindness, after Machado, Oliveira and Fernandes (2009), on linear light. */
const SIGHTS: Record<string, number[][]> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** A colour as a reader with this sight sees it, in CIE Lab. */
function seenAs(color: string, sight: string): [number, number, number] {
  const light = [1, 3, 5].map((at) => linear(Number.parseInt(color.slice(at, at + 2), 16)));
  return lab(
    SIGHTS[sight].map((row) => Math.max(0, row[0] * light[0] + row[1] * light[1] + row[2] * light[2])),
  );
}

const apart = (one: number[], other: number[]) => Math.hypot(...one.map((value, c) => value - other[c]));

describe('shades of the palette', () => {
  for (const theme of ['light', 'dark'] as const)
    test.each(Object.keys(SIGHTS))(
      `${theme}: every shade is well nearer to its own colour than to any other with %s`,
      (sight) => {
        const plain = PALETTE[theme].map((color) => seenAs(color, sight));
        for (const color of PALETTE[theme].keys())
          for (let shade = 0; shade < SHADES; shade++) {
            const seen = seenAs(shadeOf(theme, color, shade), sight);
            for (const other of plain.keys())
              if (other !== color)
                expect(apart(seen, plain[color])).toBeLessThan(0.78 * apart(seen, plain[other]));
          }
      },
    );

  test('the plain shade is the colour itself, and neighbouring shades differ visibly', () => {
    for (const theme of ['light', 'dark'] as const)
      for (const [color, plain] of PALETTE[theme].entries()) {
        expect(shadeOf(theme, color, PLAIN_SHADE)).toBe(plain);
        for (let shade = 1; shade < SHADES; shade++) {
          const [dark, light] = [shade - 1, shade].map((s) => seenAs(shadeOf(theme, color, s), 'full'));
          expect(light[0]).toBeGreaterThan(dark[0]);
          expect(apart(dark, light)).toBeGreaterThan(2.3);
        }
      }
  });
});

describe('the palette', () => {
  for (const theme of ['light', 'dark'] as const)
    test.each(Object.keys(SIGHTS))(`${theme}: every two colours differ with %s`, (sight) => {
      const seen = PALETTE[theme].map((color) => seenAs(color, sight));
      let least = Infinity;
      for (let i = 0; i < seen.length; i++)
        for (let j = 0; j < i; j++) least = Math.min(least, apart(seen[i], seen[j]));
      // 2.3 is a just noticeable difference (CIE76); several times that is distinguishable on a map.
      expect(least).toBeGreaterThan(15);
    });
});

describe('colours of topics', () => {
  test('differ where topics are close, and no more than the palette has are needed', () => {
    const x = Float64Array.from({ length: 40 }, (_, i) => i % 8);
    const y = Float64Array.from({ length: 40 }, (_, i) => Math.floor(i / 8));
    const colors = spreadColors(x, y);
    for (let i = 0; i < 40; i++)
      for (let j = 0; j < i; j++)
        if (Math.hypot(x[i] - x[j], y[i] - y[j]) === 1) expect(colors[i]).not.toBe(colors[j]);
    expect(Math.max(...colors)).toBeLessThan(PALETTE.light.length);
    expect(PALETTE.dark).toHaveLength(PALETTE.light.length);
  });
});
