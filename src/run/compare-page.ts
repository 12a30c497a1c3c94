import { grouped } from '../counted.js';
import { inlineSource } from '../output/csp.js';
import { PALETTE } from '../output/palette.js';
import { escapeXml } from '../output/xml.js';
import type { ClusterResult } from '../pipeline/result.js';
import { agreementText } from '../statistics/agreement.js';
import type { CommonRows, Comparison, Correspondence } from './compare.js';
import { type PageData, runComparison } from './compare-script.js';

const TEXT = 240;

const STYLE = `body{font:15px/1.4 system-ui,sans-serif;margin:1rem;color:#222;background:#fff}
main{display:grid;grid-template-columns:1fr 1fr;gap:1rem}canvas{width:100%;height:60vh;border:1px solid #ccc}
@media(min-height:36rem){.maps{position:sticky;top:0;background:#fff;z-index:1}canvas{height:48vh}}
table{border-collapse:collapse;margin-top:1rem}td,th{padding:.25rem .6rem;border-bottom:1px solid #ddd;text-align:left}
td.n{text-align:right}button{font:inherit;border:1px solid #bbb;background:#f5f5f5;border-radius:4px;cursor:pointer}
button[aria-pressed=true]{background:#dbe7ff;border-color:#0050e6}#status{min-height:2.8em}h2{font-size:1rem;margin:.2rem 0}`;

/** One page with both maps and the table of topics; topics that correspond have one colour. Opens from disk, without a network. */
export function comparePage(
  comparison: Comparison,
  a: ClusterResult,
  b: ClusterResult,
  common: CommonRows,
): string {
  const script = `(${runComparison.toString()})()`;
  const policy = `default-src 'none'; script-src ${inlineSource(script)}; style-src ${inlineSource(STYLE)}; base-uri 'none'; form-action 'none'`;
  // No "<" of a text can end the element that holds it.
  const data = JSON.stringify(dataOf(comparison, a, b, common)).replace(/</g, '\\u003c');
  const facts = [
    `${grouped(comparison.common)} common rows, ${grouped(comparison.changed.rows)} of them not in corresponding topics`,
    agreementText(comparison.agreement) ?? 'no common row is in a topic of both',
    `${grouped(comparison.a.alone)} rows only in the first run, ${grouped(comparison.b.alone)} only in the second`,
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Two runs</title><style>${STYLE}</style></head>
<body><h1>Two runs side by side</h1><p>${facts.map(escapeXml).join('; ')}.</p>
<div class="maps"><main>${['a', 'b'].map((side) => mapHtml(side, side === 'a' ? a : b)).join('')}</main><p id="status" role="status"></p></div>
<table><thead><tr><th>first run</th><th>rows</th><th>second run</th><th>rows</th><th>shared</th><th>overlap</th><th></th></tr></thead>
<tbody>${comparison.topics.map(rowHtml).join('\n')}</tbody></table>
<script type="application/json" id="data">${data}</script><script>${script}</script></body></html>
`;
}

const mapHtml = (side: string, { table, topics }: ClusterResult): string =>
  `<section><h2>${side === 'a' ? 'First' : 'Second'}: ${escapeXml(table.source)}, ${grouped(topics.length)} topics</h2><canvas role="img" aria-label="Map of the ${side === 'a' ? 'first' : 'second'} run"></canvas></section>`;

function rowHtml({ a, b, shared, overlap }: Correspondence): string {
  const name = (side: Correspondence['a']) => (side ? `${side.id} ${escapeXml(side.name)}` : '–');
  const size = (side: Correspondence['a']) => (side ? grouped(side.size) : '');
  const label = `Show ${escapeXml(a?.name ?? b?.name ?? '')} in both maps`;
  return `<tr><td>${name(a)}</td><td class="n">${size(a)}</td><td>${name(b)}</td><td class="n">${size(b)}</td><td class="n">${grouped(shared)}</td><td class="n">${overlap.toFixed(2)}</td><td><button type="button" aria-pressed="false" aria-label="${label}" data-a="${a?.id ?? ''}" data-b="${b?.id ?? ''}">show</button></td></tr>`;
}

function dataOf({ topics }: Comparison, a: ClusterResult, b: ClusterResult, common: CommonRows): PageData {
  const [colorsA, colorsB]: [Record<string, string>, Record<string, string>] = [{}, {}];
  for (const [at, pair] of topics.entries()) {
    const color = PALETTE.light[at % PALETTE.light.length];
    if (pair.a) colorsA[pair.a.id] = color;
    if (pair.b) colorsB[pair.b.id] = color;
  }
  const otherOf = (rows: number, from: Int32Array, to: Int32Array) => {
    const other = new Array<number>(rows).fill(-1);
    for (let at = 0; at < from.length; at++) other[from[at]] = to[at];
    return other;
  };
  const short = (texts: readonly string[]) =>
    texts.map((text) => [...text].slice(0, TEXT).join('').replace(/\s+/g, ' '));
  return {
    maps: [mapOf(a, colorsA), mapOf(b, colorsB)],
    other: [otherOf(a.labels.length, common.a, common.b), otherOf(b.labels.length, common.b, common.a)],
    texts: [short(a.texts), short(b.texts)],
  };
}

/** Places scaled to 0 to 1, the same scale on both axes. */
function mapOf(
  { points, labels, topics, table }: ClusterResult,
  colors: Record<string, string>,
): PageData['maps'][0] {
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
    title: table.source,
    x: placed(x, spanX),
    y: placed(y, spanY),
    topic: [...labels],
    names: Object.fromEntries(topics.map(({ id, name }) => [id, name])),
    colors,
  };
}
