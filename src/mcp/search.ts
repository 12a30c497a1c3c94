import { breathe } from '../breathe.js';
import { nearestAmong } from '../neighbors/nearest-among.js';
import type { Run } from '../run/run.js';
import type { Matrix } from '../shapes.js';
import { sparseRow } from '../sparse-rows.js';
import type { NearestQuery } from '../store/nearest.js';
import { pageOf, shortText } from './bounded.js';
import { PAGE, ToolError } from './parameters.js';
import type { NearRow } from './stored.js';
import { type Session, tool } from './tool.js';
import { groupingOf, groupOf, rowEntry, rowsOf, textOf } from './topics.js';

/** Nearest rows that can be paged through. */
const DEEPEST = 1000;

const DEEP_PAGE = { ...PAGE, offset: { ...PAGE.offset, maximum: DEEPEST - 1 } };

/** @throws ToolError where the run has no vectors, neither in its folder nor in a collection */
function requireVectors({ run, stored }: Session): void {
  if (run.vectors || stored) return;
  throw new ToolError('this run has no vectors; search_words needs none');
}

/** Rows nearest to a query, nearest first: by the vectors of the run, or by a search of the server that holds them. */
async function nearestTo(
  { run, stored, signal }: Session,
  query: NearestQuery,
  wanted: number,
): Promise<NearRow[]> {
  const { vectors } = run;
  if (!vectors) return (await stored?.nearest(query, wanted)) ?? [];
  const fresh = { data: query.vector, rows: 1, cols: vectors.cols };
  const { indices, distances } = await nearestAmong(vectors, fresh, Math.min(wanted, vectors.rows), {
    signal,
  });
  return Array.from(indices, (row, at) => ({ row, cosine: 1 - distances[at] ** 2 / 2 })).filter(
    ({ row }) => row >= 0,
  );
}

/** What the search for a row's neighbours begins with. */
async function queryOf(
  { run: { vectors }, stored }: Session,
  row: number,
): Promise<NearestQuery | undefined> {
  if (!vectors) return stored?.queryOf(row);
  return { vector: vectors.data.slice(row * vectors.cols, (row + 1) * vectors.cols) };
}

const nearEntry = (run: Run, { row, cosine, score }: NearRow) => ({
  ...rowEntry(run, row),
  ...(cosine !== undefined && { cosine: rounded(cosine) }),
  // Scores are at most 2 / 61, and differ by ten-thousandths.
  ...(score !== undefined && { score: Math.round(score * 1e6) / 1e6 }),
});

const rounded = (value: number) => Math.round(value * 1000) / 1000;

export const searchTools = [
  tool({
    name: 'search_words',
    description:
      'Rows whose text holds all words of the query, in the order of the input; letter case is ignored. "in quotes" is one phrase.',
    parameters: {
      query: { type: 'string', description: 'words or "phrases"' },
      topic: {
        type: 'integer',
        minimum: -1,
        optional: true,
        description: 'only rows of this topic; -1 for rows in none',
      },
      ...PAGE,
    },
    call: async ({ run, signal }, { query, topic, ...page }) => {
      const words = Array.from(
        query.toLowerCase().matchAll(/"([^"]+)"|(\S+)/g),
        ([, phrase, word]) => phrase ?? word,
      );
      const pause = breathe(signal);
      const found: number[] = [];
      for (const row of run.filledRows) {
        await pause();
        if (topic !== undefined && run.labels[row] !== topic) continue;
        const text = run.texts[row].toLowerCase();
        if (words.every((word) => text.includes(word))) found.push(row);
      }
      return pageOf(found, page, (row) => rowEntry(run, row));
    },
  }),
  tool({
    name: 'search_meaning',
    description:
      'Rows nearest in meaning to a query, nearest first, by the model that the run was made with, and in its words too where the collection of the run holds weights of words (a score is then given instead of a cosine).',
    parameters: { query: { type: 'string', description: 'a sentence or a few words' }, ...DEEP_PAGE },
    call: async (session, { query, ...page }) => {
      requireVectors(session);
      const { vectors, lexical } = await (await session.model()).embed([query], { signal: session.signal });
      const wanted = { vector: vectors.data, lexical: lexical && sparseRow(lexical, 0) };
      const found = await nearestTo(session, wanted, page.offset + page.limit + 1);
      return pageOf(found, page, (near) => nearEntry(session.run, near));
    },
  }),
  tool({
    name: 'nearest_texts',
    description:
      'Rows nearest in meaning to a row of the run, nearest first; searched as search_meaning does.',
    parameters: {
      row: { type: 'integer', minimum: 0, description: 'number of the row, from 0' },
      ...DEEP_PAGE,
    },
    call: async (session, { row, ...page }) => {
      const { run } = session;
      requireVectors(session);
      if (textOf(run, row).trim() === '') throw new ToolError(`row ${row} has no text`);
      const own = await queryOf(session, row);
      const found = own ? await nearestTo(session, own, page.offset + page.limit + 2) : [];
      const others = found.filter((other) => other.row !== row);
      const entries = await pageOf(others, page, (other) => nearEntry(run, other));
      return { row, text: shortText(run.texts[row]), ...entries };
    },
  }),
  tool({
    name: 'compare_topics',
    description:
      'Two topics next to each other: sizes, keywords of each and of both, how near their means are, texts where they meet.',
    parameters: {
      a: { type: 'integer', minimum: 0, description: 'id of a topic' },
      b: { type: 'integer', minimum: 0, description: 'id of another topic' },
    },
    call: async ({ run }, { a, b }) => {
      if (a === b) throw new ToolError(`a and b must be two topics; both are ${a}`);
      const grouping = groupingOf(run, 'topics');
      const [first, second] = [groupOf(grouping, a), groupOf(grouping, b)];
      const lower = (words: string[]) => new Set(words.map((word) => word.toLowerCase()));
      const [own, others] = [lower(first.keywords), lower(second.keywords)];
      const about = ({ id, name, size, summary, parent, keywords }: typeof first, rest: Set<string>) => ({
        ...{ id, name, size, summary, theme: parent },
        only_keywords: keywords.filter((word) => !rest.has(word.toLowerCase())),
      });
      return {
        a: about(first, others),
        b: about(second, own),
        shared_keywords: first.keywords.filter((word) => others.has(word.toLowerCase())),
        same_theme: first.parent !== undefined && first.parent === second.parent,
        ...(run.vectors ? meeting(run, run.vectors, rowsOf(grouping, a), rowsOf(grouping, b)) : {}),
      };
    },
  }),
];

const MEETING = 3;

/** How near the means of two topics are, and the rows of each that are nearest to the other. */
function meeting(run: Run, { data, cols }: Matrix, a: number[], b: number[]) {
  const mean = (rows: number[]) => {
    const sum = new Float64Array(cols);
    for (const row of rows) for (let c = 0; c < cols; c++) sum[c] += data[row * cols + c];
    const length = Math.hypot(...sum) || 1;
    return sum.map((value) => value / length);
  };
  const dot = (row: number, other: Float64Array) => {
    let product = 0;
    for (let c = 0; c < cols; c++) product += data[row * cols + c] * other[c];
    return product;
  };
  const [meanA, meanB] = [mean(a), mean(b)];
  const toward = (rows: number[], other: Float64Array) =>
    rows
      .map((row) => ({ row, cosine: dot(row, other) }))
      .sort((x, y) => y.cosine - x.cosine || x.row - y.row)
      .slice(0, MEETING)
      .map(({ row, cosine }) => ({ row, text: shortText(run.texts[row]), cosine: rounded(cosine) }));
  return {
    cosine_of_means: rounded(meanA.reduce((sum, value, c) => sum + value * meanB[c], 0)),
    a_nearest_to_b: toward(a, meanB),
    b_nearest_to_a: toward(b, meanA),
  };
}
