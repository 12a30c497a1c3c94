import { NOISE, PALETTE, type Theme } from '../../output/palette.js';

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
