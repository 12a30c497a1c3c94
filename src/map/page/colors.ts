export type Rgb = readonly [number, number, number];

const hex = (code: string): Rgb => {
  const value = Number.parseInt(code.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
};

export const css = ([r, g, b]: Rgb, alpha = 1) =>
  alpha === 1 ? `rgb(${r}, ${g}, ${b})` : `rgba(${r}, ${g}, ${b}, ${alpha})`;

/**
 * Topics and categories. Hues and lightness differ together, after Okabe and Ito (2008) and Tol (2021), so that
 * red-green blind readers tell neighbours apart by lightness; test/map/colors.test.ts simulates it.
 */
const PALETTES = {
  light: [
    '#0072b2',
    '#d55e00',
    '#009e73',
    '#aa4499',
    '#e69f00',
    '#332288',
    '#882255',
    '#56b4e9',
    '#707020',
    '#cc79a7',
  ].map(hex),
  dark: [
    '#56b4e9',
    '#f0894a',
    '#1fbf8f',
    '#d68fd6',
    '#f2c14e',
    '#8f8cf0',
    '#e0607e',
    '#9adcf7',
    '#b9b84a',
    '#f0b6cf',
  ].map(hex),
};

/** Low to high: cividis-like, even in lightness; the dark theme starts brighter to stand out from its ground. */
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
 * takes the colour whose nearest bearer is farthest away.
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
