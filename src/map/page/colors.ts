export type Rgb = readonly [number, number, number];

const hex = (code: string): Rgb => {
  const value = Number.parseInt(code.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
};

export const css = ([r, g, b]: Rgb, alpha = 1) =>
  alpha === 1 ? `rgb(${r}, ${g}, ${b})` : `rgba(${r}, ${g}, ${b}, ${alpha})`;

/**
 * Topics and categories: Okabe and Ito's hues (2008), moved until every two also differ for readers without red,
 * green or blue cones (simulated after Machado et al. 2009), largely by lightness. test/map/page.test.ts checks it.
 */
const PALETTES = {
  light: [
    '#0050e6',
    '#d65d00',
    '#01945c',
    '#a7449c',
    '#dfb700',
    '#2d227c',
    '#7a1735',
    '#54c6fd',
    '#6b521d',
    '#f284a8',
  ].map(hex),
  dark: [
    '#6b9dd5',
    '#f46633',
    '#17cc8a',
    '#af59a1',
    '#f7bd6b',
    '#9281f2',
    '#c54a6a',
    '#a4e3ff',
    '#bfd936',
    '#e0bdc5',
  ].map(hex),
};

/** Low to high: cividis-like, even in lightness; the dark theme starts brighter to stand out from its background. */
const RAMPS = {
  light: ['#f0d060', '#c4a86a', '#8f8878', '#5d6a80', '#2b4a86', '#0b2559'].map(hex),
  dark: ['#35507f', '#56678a', '#7b8089', '#a69a7c', '#d3b962', '#ffe45c'].map(hex),
};

const NOISE = { light: hex('#9a9a94'), dark: hex('#6b727c') };
const MISSING = { light: hex('#b9b9b2'), dark: hex('#4b525c') };

export type Theme = 'light' | 'dark';

export const palette = (theme: Theme): readonly Rgb[] => PALETTES[theme];
export const noiseColor = (theme: Theme): Rgb => NOISE[theme];
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

/**
 * A palette index per topic, such that topics close on the map differ: in the given order (largest first), each
 * takes the colour whose nearest other topic is farthest away.
 */
export function spreadColors(x: Float32Array, y: Float32Array, colors: number): Uint8Array {
  const chosen = new Uint8Array(x.length);
  const nearest = new Float64Array(colors);
  // Beyond some hundreds the ones before are close enough to a sample of all.
  for (let i = 0; i < x.length; i++) {
    nearest.fill(Infinity);
    for (let j = Math.max(0, i - 600); j < i; j++) {
      const d = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2;
      if (d < nearest[chosen[j]]) nearest[chosen[j]] = d;
    }
    let best = 0;
    for (let c = 1; c < colors; c++) if (nearest[c] > nearest[best]) best = c;
    chosen[i] = best;
  }
  return chosen;
}
