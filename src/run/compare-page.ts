import { grouped, percent } from '../counted.js';
import { inlineSource } from '../output/csp.js';
import { PALETTE, spreadColors } from '../output/palette.js';
import { placeTopics } from '../output/places.js';
import { escapeXml } from '../output/xml.js';
import type { ClusterResult } from '../pipeline/result.js';
import { agreementText } from '../statistics/agreement.js';
import type { CommonRows, Comparison, Correspondence } from './compare.js';
import { type PageData, type PageMap, runComparison } from './compare-script.js';
import { STYLE } from './compare-style.js';
import type { Division, Side } from './divisions.js';

const TEXT = 240;

/** One page with both maps and tables of topics; topics that correspond have one colour. Opens from disk, without a network. */
export function comparePage(
  comparison: Comparison,
  a: ClusterResult,
  b: ClusterResult,
  common: CommonRows,
): string {
  const script = `(${runComparison.toString()})()`;
  const policy = `default-src 'none'; script-src ${inlineSource(script)}; style-src ${inlineSource(STYLE)}; base-uri 'none'; form-action 'none'`;
  const colors = colorsOf(comparison, a, b);
  // No "<" of a text can end the element that holds it.
  const data = JSON.stringify(dataOf(comparison, a, b, common, colors)).replace(/</g, '\\u003c');
  const facts = [
    `${grouped(comparison.common)} common rows, ${grouped(comparison.changed.rows)} of them not in corresponding topics`,
    agreementText(comparison.agreement) ?? 'no common row is in a topic of both',
    `${grouped(comparison.a.alone)} rows only in the first run, ${grouped(comparison.b.alone)} only in the second`,
  ];
  const { splits, merges, topics } = comparison;
  const pairs = topics.filter((pair) => pair.a && pair.b);
  const alone = (side: 'a' | 'b') => topics.filter((pair) => pair[side] && !(pair.a && pair.b));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Two runs</title><style>${STYLE}</style></head>
<body><h1>Two runs side by side</h1><p>${facts.map(escapeXml).join('; ')}.</p>
<div class="maps"><main>${['a', 'b'].map((side) => mapHtml(side, side === 'a' ? a : b)).join('')}</main>
<div id="status" role="status"></div></div>
${divisionsHtml('Topics of the first run that are in several of the second', splits, 'a')}
${divisionsHtml('Topics of the second run that are made of several of the first', merges, 'b')}
${section(
  'Topics that correspond',
  ['first run', 'rows', 'second run', 'rows', 'shared', 'overlap', ''],
  pairs.map((pair) => pairHtml(pair, colors)),
)}
${aloneHtml('Topics of the first run without a counterpart', alone('a'), 'a', colors)}
${aloneHtml('Topics of the second run without a counterpart', alone('b'), 'b', colors)}
<script type="application/json" id="data">${data}</script><script>${script}</script></body></html>
`;
}

const mapHtml = (side: string, { table, topics }: ClusterResult): string => {
  const which = side === 'a' ? 'first' : 'second';
  return `<section><h2>${which === 'first' ? 'First' : 'Second'}: ${escapeXml(table.source)}, ${grouped(topics.length)} topics</h2><canvas role="img" aria-label="Map of the ${which} run; the tables below choose topics in it"></canvas></section>`;
};

type Cell = { html: string; isNumber?: true };

const text = (html: string): Cell => ({ html });
const number = (value: number): Cell => ({ html: grouped(value), isNumber: true });

/** A table under a heading; nothing without lines. */
function section(title: string, head: readonly string[], lines: readonly Cell[][]): string {
  if (lines.length === 0) return '';
  // The heading of each cell stands before it where the page is narrow.
  const row = (cells: Cell[]) =>
    `<tr>${cells.map(({ html, isNumber }, at) => `<td${isNumber ? ' class="n"' : ''} data-head="${head[at]}">${html}</td>`).join('')}</tr>`;
  const heads = head.map((name) => `<th scope="col">${name}</th>`).join('');
  return `<h2>${title}</h2><table><thead><tr>${heads}</tr></thead><tbody>${lines.map(row).join('\n')}</tbody></table>`;
}

const named = ({ id, name }: Pick<Side, 'id' | 'name'>): string => `${id} ${escapeXml(name)}`;

/** @param ids topics of both runs that the button shows, by their ids */
function button(label: string, ids: { a: readonly number[]; b: readonly number[] }): Cell {
  const data = `data-a="${ids.a.join(' ')}" data-b="${ids.b.join(' ')}"`;
  return text(
    `<button type="button" aria-pressed="false" aria-label="Show ${escapeXml(label)} in both maps" ${data}>show</button>`,
  );
}

type Colors = Record<'a' | 'b', Record<string, string>>;

const swatch = (color: string | undefined): string =>
  `<svg class="swatch" viewBox="0 0 2 2" aria-hidden="true"><circle cx="1" cy="1" r="1" fill="${color}"/></svg>`;

function pairHtml({ a, b, shared, overlap }: Correspondence, colors: Colors): Cell[] {
  if (!a || !b) return [];
  return [
    ...[text(`${swatch(colors.a[a.id])}${named(a)}`), number(a.size), text(named(b)), number(b.size)],
    ...[number(shared), { html: overlap.toFixed(2), isNumber: true } as const],
    button(a.name, { a: [a.id], b: [b.id] }),
  ];
}

function aloneHtml(title: string, pairs: readonly Correspondence[], side: 'a' | 'b', colors: Colors): string {
  const lines = pairs.flatMap((pair) => {
    const own = pair[side];
    if (!own) return [];
    const { mostIn } = pair;
    const most = mostIn ? `${percent(mostIn.share)} in ${named(mostIn)}` : '–';
    const others = mostIn ? [mostIn.id] : [];
    const shown = side === 'a' ? { a: [own.id], b: others } : { a: others, b: [own.id] };
    return [
      [
        ...[text(`${swatch(colors[side][own.id])}${named(own)}`), number(own.size), number(own.common)],
        ...[text(most), button(own.name, shown)],
      ],
    ];
  });
  return section(title, ['topic', 'rows', 'in both runs', 'most of its common rows', ''], lines);
}

function divisionsHtml(title: string, divisions: readonly Division[], side: 'a' | 'b'): string {
  const lines = divisions.map((division) => {
    const parts = division.parts.map(
      (part) => `${named(part)}: ${percent(part.share)} (${grouped(part.shared)})`,
    );
    const ids = division.parts.map(({ id }) => id);
    const shown = side === 'a' ? { a: [division.id], b: ids } : { a: ids, b: [division.id] };
    return [
      ...[text(named(division)), number(division.size), text(parts.join('<br>'))],
      ...[{ html: percent(division.inNone), isNumber: true } as const, button(division.name, shown)],
    ];
  });
  return section(title, ['topic', 'rows', 'its rows in the other run', 'in no topic there', ''], lines);
}

/** A colour for each pair of topics that correspond and each other topic, such that those near to each other differ. */
function colorsOf({ topics }: Comparison, a: ClusterResult, b: ClusterResult): Colors {
  const placesIn = ({ points, labels, topics: own }: ClusterResult) => {
    const placed = placeTopics(points, labels, own);
    return new Map(own.map(({ id }, at) => [id, placed[at]]));
  };
  const [inA, inB] = [placesIn(a), placesIn(b)];
  const places = topics.map((pair) => (pair.a ? inA.get(pair.a.id) : pair.b && inB.get(pair.b.id)));
  const at = (axis: 'x' | 'y') => places.map((place) => place?.[axis] ?? Number.NaN);
  const chosen = spreadColors(at('x'), at('y'));
  const colors: Colors = { a: {}, b: {} };
  for (const [index, pair] of topics.entries()) {
    const color = PALETTE.light[chosen[index]];
    if (pair.a) colors.a[pair.a.id] = color;
    if (pair.b) colors.b[pair.b.id] = color;
  }
  return colors;
}

function dataOf(
  comparison: Comparison,
  a: ClusterResult,
  b: ClusterResult,
  common: CommonRows,
  colors: Colors,
): PageData {
  const otherOf = (rows: number, from: Int32Array, to: Int32Array) => {
    const other = new Array<number>(rows).fill(-1);
    for (let at = 0; at < from.length; at++) other[from[at]] = to[at];
    return other;
  };
  const short = (texts: readonly string[]) =>
    texts.map((line) => [...line].slice(0, TEXT).join('').replace(/\s+/g, ' '));
  return {
    maps: [mapOf(a, colors.a), mapOf(b, colors.b)],
    other: [otherOf(a.labels.length, common.a, common.b), otherOf(b.labels.length, common.b, common.a)],
    texts: [short(a.texts), short(b.texts)],
    partners: partnersOf(comparison),
  };
}

/** For each topic of each run those of the other that it corresponds to, is divided into or is made of. */
function partnersOf({ topics, splits, merges }: Comparison): PageData['partners'] {
  const partners: [Record<string, number[]>, Record<string, number[]>] = [{}, {}];
  const join = (side: 0 | 1, from: number | undefined, to: readonly (number | undefined)[]) => {
    if (from === undefined) return;
    const known = partners[side][from] ?? [];
    partners[side][from] = [...new Set([...known, ...to.filter((id) => id !== undefined)])];
  };
  for (const { a, b, mostIn } of topics) {
    join(0, a?.id, [b?.id, ...(a ? [mostIn?.id] : [])]);
    join(1, b?.id, [a?.id, ...(b ? [mostIn?.id] : [])]);
  }
  for (const { id, parts } of splits)
    join(
      0,
      id,
      parts.map((part) => part.id),
    );
  for (const { id, parts } of merges)
    join(
      1,
      id,
      parts.map((part) => part.id),
    );
  return partners;
}

/** Places scaled to 0 to 1, the same scale on both axes. */
function mapOf({ points, labels, topics }: ClusterResult, colors: Record<string, string>): PageMap {
  const axis = (at: number) => Array.from(labels, (_, row) => points[2 * row + at]);
  const [x, y] = [axis(0), axis(1)];
  const spanOf = (values: number[]) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return { low, span: high - low };
  };
  const [spanX, spanY] = [spanOf(x), spanOf(y)];
  const scale = Math.max(spanX.span, spanY.span) || 1;
  const placed = (values: number[], { low, span }: { low: number; span: number }) =>
    values.map((value) =>
      Number.isFinite(value) ? Math.round(((value - low + (scale - span) / 2) / scale) * 1e5) / 1e5 : null,
    );
  return {
    x: placed(x, spanX),
    y: placed(y, spanY),
    topic: [...labels],
    names: Object.fromEntries(topics.map(({ id, name }) => [id, name])),
    colors,
  };
}
