import { NOISE, PALETTE, SHADES, shadeOf, type Theme } from '../../output/palette.js';

export type { Theme } from '../../output/palette.js';

export type Rgb = readonly [number, number, number];

/** The channels of `#rrggbb`. */
export const readHex = (code: string): Rgb => {
  const value = Number.parseInt(code.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
};

export const css = ([r, g, b]: Rgb, alpha = 1) =>
  alpha === 1 ? `rgb(${r}, ${g}, ${b})` : `rgba(${r}, ${g}, ${b}, ${alpha})`;

const PALETTES = { light: PALETTE.light.map(readHex), dark: PALETTE.dark.map(readHex) };

const shades = (theme: Theme) =>
  PALETTE[theme].map((_, color) =>
    Array.from({ length: SHADES }, (__, shade) => readHex(shadeOf(theme, color, shade))),
  );
const SHADED = { light: shades('light'), dark: shades('dark') };

/** The colour of a group. */
export const groupColor = (theme: Theme, { color, shade }: { color: number; shade: number }): Rgb =>
  SHADED[theme][color][shade];

/** Low to high: cividis-like, even in lightness; the dark theme starts brighter to stand out from its background. */
const RAMPS = {
  light: ['#f0d060', '#c4a86a', '#8f8878', '#5d6a80', '#2b4a86', '#0b2559'].map(readHex),
  dark: ['#35507f', '#56678a', '#7b8089', '#a69a7c', '#d3b962', '#ffe45c'].map(readHex),
};

const NOISES = { light: readHex(NOISE.light), dark: readHex(NOISE.dark) };
const MISSING = { light: readHex('#b9b9b2'), dark: readHex('#4b525c') };

export const palette = (theme: Theme): readonly Rgb[] => PALETTES[theme];
export const noiseColor = (theme: Theme): Rgb => NOISES[theme];
export const missingColor = (theme: Theme): Rgb => MISSING[theme];

/** Colour at `t`, 0 to 1, along the ramp. */
export function ramp(theme: Theme, t: number): Rgb {
  const stops = RAMPS[theme];
  const place = Math.min(1, Math.max(0, t)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(place));
  const share = place - low;
  const mix = (c: 0 | 1 | 2) => Math.round(stops[low][c] + (stops[low + 1][c] - stops[low][c]) * share);
  return [mix(0), mix(1), mix(2)];
}

export const rampCss = (theme: Theme) =>
  `linear-gradient(to right, ${RAMPS[theme].map((c) => css(c)).join(', ')})`;

/** The map's ground, as the style sheet has it. */
export const LIGHT_GROUND = readHex('#fbfaf7');
export const DARK_GROUND = readHex('#101419');

/** Relative luminance (WCAG 2). */
function luminance([r, g, b]: Rgb): number {
  const linear = (value: number) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** Contrast of two colours, 1 to 21 (WCAG 2). */
function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Contrast that text of a name has at least. */
const READABLE = 5;

/** A colour made darker, or on a dark ground lighter, until a name in it can be read. */
export function readable(color: Rgb, ground: Rgb): Rgb {
  const end = luminance(ground) > 0.5 ? 0 : 255;
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = color.map((value) => Math.round(value + (end - value) * share)) as [number, number, number];
    if (contrast(mixed, ground) >= READABLE) return mixed;
  }
  return [end, end, end];
}
