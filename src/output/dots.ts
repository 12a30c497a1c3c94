/** A number in an SVG: tenths of a pixel are enough. */
export const tenth = (value: number): string => String(Math.round(value * 10) / 10);

/**
 * Dots of one colour as a single SVG path, so that pictures of many rows stay small: strokes of next to no length with
 * round ends. (Some renderers draw nothing for a length of 0.) At least one place.
 */
export const dotPath = (places: readonly (readonly [number, number])[], attributes: string): string =>
  `<path d="M${places.map(([x, y]) => `${tenth(x)} ${tenth(y)}`).join('h.01M')}h.01" ${attributes}/>`;

/** What turns the strokes into dots; `stroke-width` is their diameter. */
export const ROUND_DOTS = 'fill="none" stroke-linecap="round"';
