import { UserError } from '../errors.js';
import type { ClusterResult } from '../pipeline/result.js';
import { type Agreement, agreementOf } from '../statistics/agreement.js';
import { type Division, type Part, SharedRows, type Side } from './divisions.js';
import { SAME_OVERLAP } from './lifecycle.js';
import { maximumMatching, type Pair } from './match.js';

export interface CompareOptions {
  /** Column that names rows in both runs; without it rows of the same text are the same. */
  id?: string;
}

/** A topic of one run and what corresponds to it in the other. */
export interface Correspondence {
  a?: Side;
  b?: Side;
  /** Common rows in both, and their Jaccard overlap; 0 for a topic without a counterpart. */
  shared: number;
  overlap: number;
  /** Of a topic without a counterpart: the topic of the other run that most of its common rows in topics are in. */
  mostIn?: Part;
}

/** Two runs side by side. */
export interface Comparison {
  a: Summary;
  b: Summary;
  /** Rows that both runs have. */
  common: number;
  /** On common rows that are in a topic of both. */
  agreement: Agreement;
  /** Topics that correspond, largest overlap first, then those of one run alone. */
  topics: Correspondence[];
  /** Topics of the first run whose rows are in several of the second, with the shares; the largest first. */
  splits: Division[];
  /** Topics of the second run that are made of several of the first, with the shares; the largest first. */
  merges: Division[];
  /** Common rows that are not in corresponding topics. */
  changed: { rows: number; examples: { text: string; a: number; b: number }[] };
}

interface Summary {
  source: string;
  rows: number;
  topics: number;
  inTopics: number;
  /** Rows that the other run doesn't have. */
  alone: number;
  model: string | null;
}

/** Rows of two runs that are the same. */
export interface CommonRows {
  a: Int32Array;
  b: Int32Array;
}

const EXAMPLES = 20;

/** Rows of the same id, or the same text; where a text stands several times, its rows are paired in their order. */
export function commonRows(a: ClusterResult, b: ClusterResult, { id }: CompareOptions = {}): CommonRows {
  const [first, second] = [keysOf(a, id), keysOf(b, id)];
  const waiting = new Map<string, number[]>();
  for (const [row, key] of second.entries()) {
    // A blank id names no row.
    if (key === '' && id !== undefined) continue;
    const rows = waiting.get(key);
    if (rows) rows.push(row);
    else waiting.set(key, [row]);
  }
  const next = new Map<string, number>();
  const pairs: [number, number][] = [];
  for (const [row, key] of first.entries()) {
    const at = next.get(key) ?? 0;
    const other = waiting.get(key)?.[at];
    if (other === undefined) continue;
    next.set(key, at + 1);
    pairs.push([row, other]);
  }
  return { a: Int32Array.from(pairs, ([row]) => row), b: Int32Array.from(pairs, ([, row]) => row) };
}

function keysOf({ table, texts }: ClusterResult, id: string | undefined): string[] {
  if (id === undefined) return texts.map((text) => (text.trim() === '' ? '' : text));
  const cells = table.values[table.columns.indexOf(id)];
  if (cells) return cells.map((cell) => String(cell ?? ''));
  throw new UserError(`${table.source} has no column ${id} for ids; found ${table.columns.join(', ')}`, {
    code: 'COLUMN_MISSING',
    option: 'id',
    file: table.source,
  });
}

/**
 * Compares two runs: which topics correspond, which rows changed, and how far the groupings agree.
 *
 * @param a a run, or what `cluster()` returned
 * @param b another, of the same texts or of some of them
 * @param options `id`: the column that names rows
 * @returns topics that correspond by a matching of greatest total Jaccard overlap on common rows, topics that are divided or joined, rows
 * that changed, and measures
 * @throws UserError for a column of ids that a run does not have
 * @example
 * const { agreement, topics } = compareRuns(await openRun('march'), await openRun('april'));
 * console.log(agreement.adjustedRand ?? 'no common rows', topics.filter(({ a }) => !a).length, 'new topics');
 */
export function compareRuns(a: ClusterResult, b: ClusterResult, options: CompareOptions = {}): Comparison {
  const common = commonRows(a, b, options);
  const first = Int32Array.from(common.a, (row) => a.labels[row]);
  const second = Int32Array.from(common.b, (row) => b.labels[row]);
  const rows = new SharedRows(a.topics, b.topics, first, second);
  const topics = correspondences(rows);
  const partner = new Map(topics.flatMap((pair) => (pair.a && pair.b ? [[pair.a.id, pair.b.id]] : [])));
  const changed = Array.from(first.keys()).filter((at) =>
    first[at] < 0 ? second[at] >= 0 : partner.get(first[at]) !== second[at],
  );
  return {
    a: summaryOf(a, common.a.length),
    b: summaryOf(b, common.b.length),
    common: first.length,
    agreement: agreementOf(first, second),
    topics,
    splits: rows.splits(),
    merges: rows.merges(),
    changed: {
      rows: changed.length,
      examples: changed.slice(0, EXAMPLES).map((at) => ({
        text: a.texts[common.a[at]],
        a: first[at],
        b: second[at],
      })),
    },
  };
}

function correspondences(rows: SharedRows): Correspondence[] {
  const { a: ofA, b: ofB } = rows;
  const both = rows.pairs();
  const shared = new Map(both.map((pair) => [`${pair.a} ${pair.b}`, pair.shared]));
  const pairs = both.map(({ a, b, shared: inBoth }): Pair => {
    const union = (ofA.get(a)?.common ?? 0) + (ofB.get(b)?.common ?? 0) - inBoth;
    return { before: a, after: b, weight: inBoth / union };
  });
  const matched = maximumMatching(pairs).filter(({ weight }) => weight >= SAME_OVERLAP);
  const found = matched
    .map(
      ({ before, after, weight }): Correspondence => ({
        a: ofA.get(before),
        b: ofB.get(after),
        shared: shared.get(`${before} ${after}`) ?? 0,
        overlap: weight,
      }),
    )
    .sort((x, y) => y.overlap - x.overlap || (x.a?.id ?? 0) - (y.a?.id ?? 0));
  const usedA = new Set(matched.map(({ before }) => before));
  const usedB = new Set(matched.map(({ after }) => after));
  const alone = (side: 'a' | 'b', own: Side): Correspondence => {
    const mostIn = rows.mostOf(side, own.id);
    return { [side]: own, shared: 0, overlap: 0, ...(mostIn && { mostIn }) };
  };
  return [
    ...found,
    ...[...ofA.values()].filter(({ id }) => !usedA.has(id)).map((own) => alone('a', own)),
    ...[...ofB.values()].filter(({ id }) => !usedB.has(id)).map((own) => alone('b', own)),
  ];
}

function summaryOf({ table, labels, topics, facts }: ClusterResult, common: number): Summary {
  return {
    source: table.source,
    rows: labels.length,
    topics: topics.length,
    inTopics: labels.reduce((count, label) => count + (label >= 0 ? 1 : 0), 0),
    alone: labels.length - common,
    model: facts.model ?? null,
  };
}
