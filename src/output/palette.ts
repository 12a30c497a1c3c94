export type Theme = 'light' | 'dark';

/**
 * Topics and categories, in the picture and on the map: Okabe and Ito's hues (2008), moved until every two also differ
 * for readers without red, green or blue cones (simulated after Machado et al. 2009), largely by lightness.
 * test/output/palette.test.ts checks it.
 */
export const PALETTE: Record<Theme, readonly string[]> = {
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
  ],
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
  ],
};

/** Colours that the palette has, in either theme. */
const COLORS = PALETTE.light.length;

/** Shades that each colour of the palette has, from dark to light. */
export const SHADES = 5;
/** The shade that is the palette's colour itself. */
export const PLAIN_SHADE = 2;

/**
 * How much black the darkest shade of each colour holds, and how much white the lightest: as much as leaves it, for
 * readers of each kind of sight, well nearer to its own colour than to every other. test/output/palette.test.ts checks it.
 */
const RANGES: Record<Theme, { black: readonly number[]; white: readonly number[] }> = {
  light: {
    black: [0.18, 0.16, 0.18, 0.22, 0.1, 0.44, 0.38, 0.14, 0.22, 0.14],
    white: [0.22, 0.14, 0.18, 0.24, 0.4, 0.1, 0.12, 0.48, 0.12, 0.18],
  },
  dark: {
    black: [0.12, 0.1, 0.1, 0.3, 0.12, 0.16, 0.22, 0.12, 0.08, 0.14],
    white: [0.22, 0.14, 0.2, 0.14, 0.14, 0.12, 0.16, 0.48, 0.14, 0.44],
  },
};

/** A colour of the palette in one of its shades, as `#rrggbb`. */
export function shadeOf(theme: Theme, color: number, shade: number): string {
  const step = (shade - PLAIN_SHADE) / PLAIN_SHADE;
  const { black, white } = RANGES[theme];
  const share = Math.abs(step) * (step < 0 ? black[color] : white[color]);
  const end = step < 0 ? 0 : 255;
  const value = Number.parseInt(PALETTE[theme][color].slice(1), 16);
  const mixed = [value >> 16, (value >> 8) & 255, value & 255].map((channel) =>
    Math.round(channel + (end - channel) * share)
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${mixed.join('')}`;
}

/** Rows in no topic. */
export const NOISE: Record<Theme, string> = { light: '#9a9a94', dark: '#6b727c' };

/** Distances are taken to so many topics before each: beyond some hundreds they are close enough to a sample of all. */
const LOOKED_BACK = 600;

/**
 * A palette index for each topic, such that topics close to each other differ: in the given order, each takes the
 * colour whose nearest bearer is farthest away. NaN is a topic without a place.
 * @param fixed colours that topics have already; −1 for none
 */
export const spreadColors = (
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  fixed?: ArrayLike<number>,
): Uint8Array => spread(x, y, COLORS, fixed);

function spread(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  colors: number,
  fixed: ArrayLike<number> = new Int8Array(x.length).fill(-1),
): Uint8Array {
  const chosen = new Uint8Array(x.length);
  const nearest = new Float64Array(colors);
  const order = Array.from({ length: x.length }, (_, i) => i);
  const bearers = order.filter((i) => fixed[i] >= 0);
  for (const i of bearers) chosen[i] = fixed[i];
  for (const i of order) {
    if (fixed[i] >= 0) continue;
    nearest.fill(Number.POSITIVE_INFINITY);
    for (const j of bearers.slice(-LOOKED_BACK)) {
      const distance = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2;
      if (distance < nearest[chosen[j]]) nearest[chosen[j]] = distance;
    }
    let best = 0;
    for (let color = 1; color < colors; color++) if (nearest[color] > nearest[best]) best = color;
    chosen[i] = best;
    bearers.push(i);
  }
  return chosen;
}

/** The order in which shades are handed out: the plain one first, then those farthest from it. */
const SHADE_ORDER = [PLAIN_SHADE, 0, SHADES - 1, 1, 3];

/**
 * A shade for each group of one colour, such that those close to each other differ, as {@link spreadColors} does.
 * @param fixed shades that groups have already; −1 for none
 */
export const spreadShades = (
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  fixed?: ArrayLike<number>,
): Uint8Array =>
  spread(x, y, SHADES, fixed && Array.from(fixed, (shade) => SHADE_ORDER.indexOf(shade))).map(
    (at) => SHADE_ORDER[at],
  );
