import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { FailureError, UserError } from '../errors.js';
import { writeWhole } from '../files/replace.js';
import { type GroupColors, placeHierarchy } from '../output/branches.js';
import { inlineSource } from '../output/csp.js';
import type { TopicPlace } from '../output/places.js';
import type { Clustering } from '../output/rows.js';
import type { Watch } from '../progress.js';
import type { NeighborGraph, Topic, TopicLevel } from '../shapes.js';
import type { QualityLine } from '../statistics/quality-card.js';
import { toBase91 } from './base91.js';
import { type Cell, typeColumn } from './columns.js';
import {
  blockId,
  type ColumnInfo,
  type Manifest,
  type PlacedTopic,
  packDecimals,
  packNeighbors,
  packStrings,
  wellFormed,
} from './format.js';
import { packIntegers, toPlanes } from './numbers.js';
import { columnsOfTexts } from './texts.js';

const compress = promisify(gzip);

/** Themes and nearest topics of rows. */
type Grouping = Required<
  Pick<Clustering, 'themes' | 'themeTopics' | 'nearestTopics' | 'nearestStrengths' | 'assigned'>
>;

/** What a map shows. Arrays are by row. */
export interface MapData {
  /** Shown above the map and as the page's title. */
  title: string;
  rows: number;
  /** x0 y0 x1 y1 …; a row without a finite place is counted, not drawn. */
  points: Float32Array;
  /** -1 is noise. */
  labels: Int32Array;
  /** Strength of each membership, 0 to 1. */
  probabilities: Float64Array;
  /** GLOSH outlier scores, 0 to 1. */
  outlierScores: Float64Array;
  /** The documents. */
  texts: string[];
  /** Columns to show, colour by and export; numbers, categories and dates are guessed from the values. */
  columns: { name: string; values: Cell[] }[];
  topics: Topic[];
  /** The condensed tree as hdbscan numbers it: a line a row, then a line a cluster but the root, which is `rows`. */
  tree?: { parent: Int32Array; child: Int32Array; lambda: Float64Array; size: Int32Array };
  /** The nearest few are shipped. */
  neighbors?: NeighborGraph;
  /** The nearest few by vectors and lexical weights, with scores in place of distances; they are listed as nearest, then. */
  hybrid?: NeighborGraph;
  /** Levels above the topics, finest first; one of them is the themes. */
  levels?: Pick<TopicLevel, 'groups' | 'labels' | 'isTheme'>[];
  /** Colours that topics and themes have already. */
  colors?: GroupColors;
  /** What clusters.csv says of each row beyond its topic; the page saves the same columns. */
  grouping?: Grouping;
  /** Words of grammar in the languages of the texts, in lower case, which are never shown as what sets texts apart. */
  commonWords?: readonly string[];
  /** What the reader may want to know about the run: versions, seed, exactness. */
  footer: { label: string; value: string }[];
  /** How good the result is, a measure a line. */
  quality?: readonly QualityLine[];
}

/** Texts are cut into blocks that decode in some milliseconds: by rows, and by size where texts are long. */
const BLOCK_ROWS = 4096;
const BLOCK_UNITS = 2_000_000;

const floats = (values: Float32Array | Float64Array) => toPlanes(values, values.BYTES_PER_ELEMENT);

/** JSON, in which well-formed strings come through UTF-8 whole, lone surrogates included. */
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** First rows of the blocks of these strings. */
function cut(strings: readonly string[]): number[] {
  const firsts: number[] = [];
  let units = 0;
  for (let row = 0; row < strings.length; row++) {
    if (
      firsts.length === 0 ||
      row - firsts[firsts.length - 1] >= BLOCK_ROWS ||
      units + strings[row].length > BLOCK_UNITS
    ) {
      firsts.push(row);
      units = 0;
    }
    units += strings[row].length;
  }
  return firsts;
}

async function block(id: string, bytes: Uint8Array): Promise<string> {
  const packed = await compress(bytes, { level: 6 });
  const text = Buffer.from(toBase91(packed)).toString('latin1');
  return `<script type="application/octet-stream" id="${id}">${text}</script>\n`;
}

async function* stringBlocks(strings: readonly string[], firsts: number[], id: (block: number) => string) {
  for (let b = 0; b < firsts.length; b++)
    yield await block(id(b), packStrings(strings.slice(firsts[b], firsts[b + 1] ?? strings.length)));
}

/** The nearest few of every point; fewer where there are many points, to keep the file small. */
function nearestFew(graph: NeighborGraph): number {
  return Math.min(graph.neighbors, graph.rows <= 50_000 ? 6 : graph.rows <= 300_000 ? 5 : 3);
}

async function* neighborBlocks(
  graph: NeighborGraph,
  count: number,
  firsts: number[],
  id: (block: number) => string,
) {
  for (let b = 0; b < firsts.length; b++) {
    const rows = (firsts[b + 1] ?? graph.rows) - firsts[b];
    const indices = new Int32Array(rows * count);
    const distances = new Float32Array(rows * count);
    for (let i = 0; i < rows; i++) {
      const from = (firsts[b] + i) * graph.neighbors;
      indices.set(graph.indices.subarray(from, from + count), i * count);
      distances.set(graph.distances.subarray(from, from + count), i * count);
    }
    yield await block(id(b), packNeighbors(indices, distances, graph.rows));
  }
}

interface Page {
  /** Unpacks the script and runs it. */
  boot: string;
  script: string;
  style: string;
}

let page: Page | undefined;

/** The page's script and style, built by scripts/page.mjs. */
function loadPage(): Page {
  if (page) return page;
  // Compiled, the page is next to this file; when sources run, it is in build/.
  const compiled = new URL('./page.js', import.meta.url);
  const folder = existsSync(compiled) ? compiled : new URL('../../build/map/page.js', import.meta.url);
  if (!existsSync(folder))
    throw new FailureError('the map\'s page is not built: run "node scripts/build.mjs page" in denscape', {
      code: 'ENGINE_UNAVAILABLE',
    });
  const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
  page = { boot: read('boot.js'), script: read('page.js'), style: read('page.css') };
  return page;
}

const escapeHtml = (text: string) =>
  wellFormed(text)
    .replace(/\p{Cc}/gu, ' ')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

function head(title: string, { boot, script, style }: Page): string {
  // No network at all; only these two scripts and this style; the PNG export draws from a blob.
  const policy = [
    "default-src 'none'",
    `script-src ${inlineSource(boot)} ${inlineSource(script)}`,
    `style-src ${inlineSource(style)}`,
    'img-src blob: data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="denscape">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<noscript>This map is drawn by a script inside this file. Please allow scripts to see it.</noscript>
`;
}

function check(data: MapData): void {
  const { rows, points, labels, probabilities, outlierScores, texts, columns, tree, neighbors, hybrid } =
    data;
  const lengths: [string, number, number][] = [
    ['points', points.length, 2 * rows],
    ['labels', labels.length, rows],
    ['probabilities', probabilities.length, rows],
    ['outlierScores', outlierScores.length, rows],
    ['texts', texts.length, rows],
    ...columns.map(({ name, values }): [string, number, number] => [`column ${name}`, values.length, rows]),
  ];
  for (const [level, above] of (data.levels ?? []).entries())
    lengths.push([`levels[${level}].labels`, above.labels.length, rows]);
  for (const name of ['themes', 'nearestTopics', 'nearestStrengths', 'assigned'] as const)
    if (data.grouping) lengths.push([`grouping.${name}`, data.grouping[name].length, rows]);
  if (tree) lengths.push(['tree.child', tree.child.length, tree.parent.length]);
  // The page reads a line by its number.
  if (tree?.child.some((child, line) => child !== (line < rows ? line : line + 1)))
    throw new UserError(
      'map: tree must have a line a row, in order, then a line a cluster, as hdbscan gives it',
      { code: 'FIT_INVALID' },
    );
  if (neighbors) lengths.push(['neighbors.rows', neighbors.rows, rows]);
  if (hybrid) lengths.push(['hybrid.rows', hybrid.rows, rows]);
  for (const [name, length, wanted] of lengths)
    if (length !== wanted)
      throw new UserError(`map: ${name} has ${length} entries; ${rows} rows need ${wanted}`, {
        code: 'FIT_INVALID',
      });
}

/** Whether the rows' themes are the labels of the level of themes, as in every run that makes both. */
const isOfLevel = (level: { labels: Int32Array } | undefined, themes: Int32Array) =>
  themes.every((theme, row) => theme === level?.labels[row]);

/** Places are written with six digits, far below a pixel at the largest zoom. */
const sixDigits = (value: number) => Number(value.toPrecision(6));

/** Topics as the page draws them. */
function placed(topics: readonly Topic[], places: readonly TopicPlace[]): PlacedTopic[] {
  return topics.map((topic, at) => {
    const { id, size, persistence, name, summary, parent, foundAgain } = topic;
    const [keywords, exemplars] = [[...topic.keywords], [...topic.exemplars]];
    const { color, shade } = places[at];
    return {
      ...{ id, size, persistence, keywords, name, summary, exemplars, parent },
      ...{ foundAgain, place: shownPlace(places[at]), color, shade },
    };
  });
}

/** JSON has no NaN: a topic of which no row has a place has none either. */
function shownPlace({ x, y, extent }: TopicPlace): PlacedTopic['place'] {
  if (Number.isNaN(x)) return null;
  const { left, right, low, high } = extent;
  return {
    x: sixDigits(x),
    y: sixDigits(y),
    extent: { left: sixDigits(left), right: sixDigits(right), low: sixDigits(low), high: sixDigits(high) },
  };
}

/**
 * The page in pieces, in the order in which a browser needs them: what the first picture takes, the script,
 * then what is read on demand. The script runs while the rest is still being read.
 */
async function* pieces(data: MapData): AsyncGenerator<string> {
  check(data);
  const built = loadPage();
  const { rows, neighbors, hybrid, tree } = data;
  const columns = data.columns.map(({ name, values }) => typeColumn(name, values));
  const texts = cut(data.texts);
  const textColumns = columnsOfTexts(
    data.texts,
    columns.map(({ strings }) => strings),
  );
  const infos = columns.map(({ name, kind, unit, categories, strings }, c): ColumnInfo => {
    const firsts = textColumns?.includes(c) ? texts : strings && cut(strings);
    return { name, kind, unit, categories, strings: firsts };
  });
  const firstsOf = (few: number) =>
    few > 0 ? Array.from({ length: Math.ceil(rows / 16_384) }, (_, b) => b * 16_384) : [];
  const [count, hybridCount] = [neighbors, hybrid].map((graph) => (graph ? nearestFew(graph) : 0));
  const [neighborFirsts, hybridFirsts] = [firstsOf(count), firstsOf(hybridCount)];
  const levels = data.levels ?? [];
  const topics = { groups: data.topics, labels: data.labels };
  const places = placeHierarchy(data.points, topics, levels, data.colors);
  const manifest: Manifest = {
    title: data.title,
    rows,
    topics: placed(data.topics, places.topics),
    levels: levels.map(({ groups, isTheme }, l) => ({ groups: placed(groups, places.levels[l]), isTheme })),
    themes: data.grouping?.themeTopics.map(({ id, name }) => ({ id, name })),
    columns: infos,
    texts,
    textColumns,
    treeLines: tree?.parent.length ?? 0,
    neighbors: { count, blocks: neighborFirsts },
    ...(hybrid && { hybrid: { count: hybridCount, blocks: hybridFirsts } }),
    ...(data.commonWords && { commonWords: [...data.commonWords] }),
    footer: data.footer,
    ...(data.quality && {
      quality: data.quality.map(({ name, shown, meaning }) => ({ name, shown, meaning })),
    }),
  };

  yield head(data.title, built);
  yield await block(blockId.script, new TextEncoder().encode(built.script));
  yield await block(blockId.manifest, json(manifest));
  yield await block(blockId.points, floats(data.points));
  yield await block(blockId.labels, packIntegers(data.labels));
  const opened = levels.findIndex(({ isTheme }) => isTheme);
  if (opened >= 0) yield await block(blockId.level(opened), packIntegers(levels[opened].labels));
  yield `<script>${built.boot}</script>\n`;
  yield await block(blockId.probabilities, packDecimals(data.probabilities));
  yield await block(blockId.outliers, packDecimals(data.outlierScores));
  for (let c = 0; c < columns.length; c++) {
    const { numbers, codes } = columns[c];
    if (numbers) yield await block(blockId.column(c), floats(numbers));
    if (codes) yield await block(blockId.column(c), packIntegers(codes));
  }
  for (const [level, { labels }] of levels.entries())
    if (level !== opened) yield await block(blockId.level(level), packIntegers(labels));
  if (data.grouping) {
    const { themes, nearestTopics, nearestStrengths, assigned } = data.grouping;
    if (!isOfLevel(levels[opened], themes)) yield await block(blockId.themes, packIntegers(themes));
    yield await block(blockId.nearestTopics, packIntegers(nearestTopics));
    yield await block(blockId.nearestStrengths, packDecimals(nearestStrengths));
    yield await block(blockId.assigned, assigned);
  }
  if (tree) {
    yield await block(blockId.treeParent, packIntegers(tree.parent));
    yield await block(blockId.treeLambda, packDecimals(tree.lambda));
  }
  if (!textColumns) yield* stringBlocks(data.texts, texts, blockId.texts);
  if (neighbors) yield* neighborBlocks(neighbors, count, neighborFirsts, blockId.neighbors);
  if (hybrid) yield* neighborBlocks(hybrid, hybridCount, hybridFirsts, blockId.hybrid);
  for (let c = 0; c < columns.length; c++) {
    const { strings } = columns[c];
    if (strings) yield* stringBlocks(strings, infos[c].strings!, (b) => blockId.columnStrings(c, b));
  }
  yield '</body>\n</html>\n';
}

/** The whole page as one string; for small maps. */
export async function renderMap(data: MapData): Promise<string> {
  let html = '';
  for await (const piece of pieces(data)) html += piece;
  return html;
}

/**
 * Writes the map as one HTML file that opens from disk without network; streamed, so that memory stays at a block's
 * size. Replaces `path` at once or not at all.
 * @throws UserError when an array doesn't fit `rows`
 * @throws FailureError when the file can't be written
 */
export async function writeMap(path: string, data: MapData, watch: Watch = {}): Promise<void> {
  if (!existsSync(dirname(resolve(path)))) {
    throw new FailureError(`cannot write the map ${path}: ENOENT, its folder doesn't exist; make it first`, {
      code: 'OUTPUT_UNWRITABLE',
      file: path,
    });
  }
  await writeWhole(path, pieces(data), watch);
}
