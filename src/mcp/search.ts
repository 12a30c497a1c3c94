import { breathe } from '../breathe.js';
import { nearestAmong } from '../neighbors/nearest-among.js';
import type { Run } from '../run/run.js';
import type { Matrix } from '../shapes.js';
import { pageOf, shortText } from './bounded.js';
import { PAGE, ToolError } from './parameters.js';
import { type Session, tool } from './tool.js';
import { groupingOf, groupOf, rowEntry, rowsOf, textOf } from './topics.js';

/** Nearest rows that can be paged through. */
const DEEPEST = 1000;

const DEEP_PAGE = { ...PAGE, offset: { ...PAGE.offset, maximum: DEEPEST - 1 } };

/** The vectors of all rows. @throws ToolError where they are on a server, or there are none */
function vectorsOf({ vectors }: Run): Matrix {
  if (vectors) return vectors;
  throw new ToolError('the vectors of this run are not in its folder; search_words needs none');
}

/** Rows nearest to a vector, nearest first, with their cosines. */
async function nearestTo(
  { run, signal }: Session,
  vector: Float32Array,
  wanted: number,
): Promise<{ row: number; cosine: number }[]> {
  const vectors = vectorsOf(run);
  const fresh = { data: vector, rows: 1, cols: vectors.cols };
  const { indices, distances } = await nearestAmong(vectors, fresh, Math.min(wanted, vectors.rows), {
    signal,
  });
  return Array.from(indices, (row, at) => ({ row, cosine: 1 - distances[at] ** 2 / 2 })).filter(
    ({ row }) => row >= 0,
  );
}

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
      'Rows nearest in meaning to a query, nearest first, by the model that the run was made with.',
    parameters: { query: { type: 'string', description: 'a sentence or a few words' }, ...DEEP_PAGE },
    call: async (session, { query, ...page }) => {
      vectorsOf(session.run);
      const { vectors } = await (await session.model()).embed([query], { signal: session.signal });
      const found = await nearestTo(session, vectors.data, page.offset + page.limit + 1);
      return pageOf(found, page, ({ row, cosine }) => ({
        ...rowEntry(session.run, row),
        cosine: rounded(cosine),
      }));
    },
  }),
  tool({
    name: 'nearest_texts',
    description: 'Rows nearest in meaning to a row of the run, nearest first.',
    parameters: {
      row: { type: 'integer', minimum: 0, description: 'number of the row, from 0' },
      ...DEEP_PAGE,
    },
    call: async (session, { row, ...page }) => {
      const { run } = session;
      const { data, cols } = vectorsOf(run);
      if (textOf(run, row).trim() === '') throw new ToolError(`row ${row} has no text`);
      const own = data.slice(row * cols, (row + 1) * cols);
      const found = await nearestTo(session, own, page.offset + page.limit + 2);
      const others = found.filter((other) => other.row !== row);
      const entries = await pageOf(others, page, (other) => ({
        ...rowEntry(run, other.row),
        cosine: rounded(other.cosine),
      }));
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
