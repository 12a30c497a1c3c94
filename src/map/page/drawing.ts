import type { App } from './app.js';
import { clip } from './card.js';
import { describeFilter } from './chips.js';
import { css, readHex } from './colors.js';
import { count, plural } from './dom.js';
import { layersToSave } from './draw.js';
import { activeFilters } from './filters.js';
import { LABEL_FONT, type Label, LINE_HEIGHT, leader } from './labels.js';
import type { PointLayer } from './renderer.js';
import { type View, widened } from './view.js';

/** A size to save a picture in: pixels, and how many real ones each stands for. */
export interface PictureSize {
  width: number;
  height: number;
  scale: number;
}

interface Line {
  text: string;
  x: number;
  y: number;
  size: number;
  weight: number;
  color: string;
  anchor: 'start' | 'middle';
  opacity: number;
}

/** A picture of the map as lists of what to draw, in pixels; PNG and SVG are both made of it. */
export interface Drawing {
  width: number;
  height: number;
  ground: string;
  /** Of the points, in pixels of the picture. */
  view: View;
  layers: readonly PointLayer[];
  radius: number;
  /** Straight lines: from names to their places. */
  strokes: { from: [number, number]; to: [number, number]; color: string; opacity: number; width: number }[];
  /** Closed outlines of equal density. */
  contours: { rings: [number, number][][]; color: string; opacity: number }[];
  dots: { x: number; y: number; color: string }[];
  lines: Line[];
}

const color = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const PAD = 16;
const HEAD = 62;
const LEGEND_LINE = 18;
const CAPTION_LINE = 17;

/** A box in pixels of the screen. */
interface Part {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The share of its size by which the core is widened at each side, so that the outermost points are on pictures too. */
const OUTSIDE = 0.2;

/** The part of the screen that the picture shows: everything that lies on it. */
function content(app: App, labels: readonly Label[]): Part {
  const { stage } = app;
  // All points, unless a few lie far from the others.
  const shown = widened(app.core, OUTSIDE, app.box);
  const part = {
    left: Math.max(0, stage.screenX(shown.left) - PAD),
    right: Math.min(stage.width, stage.screenX(shown.right) + PAD),
    top: Math.max(0, stage.screenY(shown.top) - PAD),
    bottom: Math.min(stage.height, stage.screenY(shown.bottom) + PAD),
  };
  // Nothing of the core is in sight where one looks at an outlier: then the screen as it is.
  if (part.right - part.left < 40 || part.bottom - part.top < 40)
    return { left: 0, top: 0, right: stage.width, bottom: stage.height };
  for (const label of labels) {
    const [x, y] = middle(app, label);
    if (x < 0 || y < 0 || x > stage.width || y > stage.height) continue;
    part.left = Math.min(part.left, x - label.width / 2);
    part.right = Math.max(part.right, x + label.width / 2);
    part.top = Math.min(part.top, y - label.height / 2);
    part.bottom = Math.max(part.bottom, y + label.height / 2);
  }
  return part;
}

const middle = ({ stage }: App, { topic, dx, dy }: Label): [number, number] => [
  stage.screenX(topic.x) + dx,
  stage.screenY(topic.y) + dy,
];

/** What the picture shows, in a sentence: how many texts, and what was chosen or left out. */
export function caption(app: App): string {
  const { scene, store, cut, filtering } = app;
  const parts: string[] = [];
  const filters = activeFilters(store.state);
  if (filters.length > 0) {
    const names = filters.map((filter) => describeFilter(app, filter)).join(' · ');
    parts.push(`${names}: ${count(filtering.passed)} of ${plural(app.rows, 'text')} in colour`);
  } else parts.push(plural(app.rows, 'text'));
  parts.push(plural(cut.topics.length, cut.kind));
  const off = cut.topics.filter(({ id }) => store.state.off.has(id)).length;
  if (off > 0) parts.push(`${plural(off, cut.kind)} not shown`);
  if (cut.noise > 0)
    parts.push(`${plural(cut.noise, 'text')} in no topic${store.state.noise ? '' : ', not shown'}`);
  if (scene.hidden > 0) parts.push(`${count(scene.hidden)} chosen texts are not shown`);
  return parts.join('; ');
}

/** The map as it is seen, fitted into a picture of this size, with title, caption and legend. */
export function drawingOf(app: App, { width, height }: Pick<PictureSize, 'width' | 'height'>): Drawing {
  const labels = app.stage.placeNames();
  const legend = legendOf(app);
  const captions = wrapped(caption(app), width - 2 * PAD);
  const below = PAD + legend.length * LEGEND_LINE;
  const top = HEAD + (captions.length - 1) * CAPTION_LINE;
  const frame = { left: PAD, top, right: width - PAD, bottom: height - below };
  const drawing = fitted(app, labels, content(app, labels), frame, { width, height }, color('--ground'));
  addWords(app, drawing, captions, legend);
  return drawing;
}

/** The map as it is seen and its names alone, on white, so many pixels wide and as high as it needs. */
export function bareDrawingOf(app: App, width: number): Drawing {
  const labels = app.stage.placeNames();
  const part = content(app, labels);
  const height = Math.round((width * (part.bottom - part.top)) / (part.right - part.left));
  const frame = { left: 0, top: 0, right: width, bottom: height };
  return fitted(app, labels, part, frame, { width, height }, '#ffffff');
}

/** A part of the screen, as large as the frame inside the picture allows, in its middle. */
function fitted(
  app: App,
  labels: readonly Label[],
  part: Part,
  frame: Part,
  { width, height }: Pick<PictureSize, 'width' | 'height'>,
  ground: string,
): Drawing {
  const { stage } = app;
  const free = { width: frame.right - frame.left, height: frame.bottom - frame.top };
  const [wide, high] = [part.right - part.left, part.bottom - part.top];
  const grow = Math.min(free.width / wide, free.height / high);
  const left = frame.left + (free.width - wide * grow) / 2;
  const top = frame.top + (free.height - high * grow) / 2;
  const place = (x: number, y: number): [number, number] => [
    left + (x - part.left) * grow,
    top + (y - part.top) * grow,
  ];
  const scale = stage.view.scale * grow;
  const [x0, y0] = place(stage.screenX(0), stage.screenY(0));
  const drawing: Drawing = {
    width,
    height,
    ground,
    view: { scale, x: (width / 2 - x0) / scale, y: (height / 2 - y0) / scale },
    layers: layersToSave(app),
    radius: stage.radius * grow,
    strokes: [],
    contours: stage.contours.map(({ rings, color: tint, opacity }) => ({
      rings: rings.map((ring) => ring.map(([x, y]) => place(stage.screenX(x), stage.screenY(y)))),
      color: tint,
      opacity,
    })),
    dots: [],
    lines: [],
  };
  for (const label of labels) addName(app, drawing, label, grow, frame.top, place);
  return drawing;
}

function addName(
  app: App,
  { lines, strokes, width, height }: Drawing,
  label: Label,
  grow: number,
  top: number,
  place: (x: number, y: number) => [number, number],
): void {
  const [x, y] = place(...middle(app, label));
  if (x < 0 || y < top / 2 || x > width || y > height) return;
  const tint = app.stage.colorOf(label.topic);
  const opacity = app.stage.isQuiet(label.topic.id) ? 0.35 : 1;
  label.lines.forEach((text, i) => {
    const down = (i - (label.lines.length - 1) / 2) * label.size * LINE_HEIGHT * grow;
    const weight = label.tier > 0 ? 500 : 600;
    lines.push({
      ...{ text, x, y: y + down, size: label.size * grow, weight, color: tint },
      ...{ anchor: 'middle', opacity },
    });
  });
  const line = leader(label);
  if (!line) return;
  const spot = [app.stage.screenX(label.topic.x), app.stage.screenY(label.topic.y)] as const;
  const from = place(spot[0] + line[0], spot[1] + line[1]);
  strokes.push({ from, to: place(...spot), color: tint, opacity: 0.75 * opacity, width: grow });
}

/** What the colours mean, where they mean something else than the names. */
function legendOf({ paint, store, manifest }: App): { name: string; color: string | null }[] {
  const { legend } = paint;
  if (legend.kind === 'topics') return [];
  if (legend.kind === 'range')
    return [{ name: `Colour: ${legend.title}, ${legend.from} to ${legend.to}`, color: null }];
  const column = Number(store.state.color.slice('column:'.length));
  const categories = manifest.columns[column]?.categories ?? [];
  const entries = legend.colors.map((tint, i) => ({ name: categories[i], color: css(tint) }));
  const others = categories.length - legend.colors.length;
  return others > 0 ? [...entries, { name: `${others} others`, color: css(legend.other) }] : entries;
}

/** Sizes and weights of the words around the map. */
const TITLE = { size: 18, weight: 650 };
const PLAIN = { size: 12.5, weight: 400 };

/** How many pixels wide a text is. */
function widthOf(text: string, { size, weight }: typeof PLAIN): number {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return 0;
  context.font = `${weight} ${size}px ${LABEL_FONT}`;
  return context.measureText(text).width;
}

/** The caption in lines of so many pixels, broken between words. */
function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1];
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer, PLAIN) > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** A title that fits into so many pixels, with an ellipsis for the rest. */
function fitting(text: string, width: number): string {
  let shown = text;
  for (let letters = text.length; letters > 1 && widthOf(shown, TITLE) > width; letters--)
    shown = clip(text, letters - 1);
  return shown;
}

function addWords(
  app: App,
  drawing: Drawing,
  captions: readonly string[],
  legend: ReturnType<typeof legendOf>,
): void {
  const { lines, dots, width, height } = drawing;
  const write = (text: string, x: number, y: number, look: typeof PLAIN, tint: string) =>
    lines.push({ ...look, text, x, y, color: tint, anchor: 'start', opacity: 1 });
  write(fitting(app.manifest.title, width - 2 * PAD), PAD, 24, TITLE, color('--ink'));
  for (const [i, line] of captions.entries()) write(line, PAD, 46 + i * CAPTION_LINE, PLAIN, color('--soft'));
  legend.forEach(({ name, color: tint }, i) => {
    const y = height - PAD - LEGEND_LINE * (legend.length - 1 - i);
    if (tint) dots.push({ x: PAD + 5, y, color: tint });
    write(name.slice(0, 80), tint ? PAD + 18 : PAD, y, PLAIN, color('--ink'));
  });
}

/** Red, green and blue of the ground. */
export const groundOf = ({ ground }: Drawing) => readHex(ground);
