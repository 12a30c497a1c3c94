import { writeWhole } from '../files/replace.js';
import type { Watch } from '../progress.js';
import { rowMeter } from './row-meter.js';
import { type Clustering, shortNumber } from './rows.js';
import { type RunFacts, secondsOf, type TimingOptions } from './run-facts.js';

/** Names the form of clusters.json; docs/schema/clusters-1.schema.json describes it. */
const JSON_FORMAT = 'denscape/clusters/1';

const NUMBERS_AT_ONCE = 4096;

/**
 * Writes clusters.json: the run's facts, the topics, then a number a row in columns. Streamed, so no string grows
 * with the rows. The same result gives the same bytes.
 */
export async function writeJson(
  path: string,
  run: RunFacts,
  clustering: Clustering,
  options: TimingOptions & Watch = {},
): Promise<void> {
  await writeWhole(path, document(run, clustering, options), options);
}

function* document(
  run: RunFacts,
  clustering: Clustering,
  { timings, onProgress }: TimingOptions & Watch,
): Generator<string> {
  const { labels, topics, probabilities, points, outlierScores, themeTopics, levels } = clustering;
  const rows = labels.length;
  const meter = rowMeter(rows, onProgress);
  const above = levels?.map(({ labels: _, ...level }) => level);
  const head = JSON.stringify(
    {
      format: JSON_FORMAT,
      run,
      timings: timings?.map(secondsOf),
      topics,
      themes: themeTopics,
      levels: above,
    },
    null,
    2,
  );
  yield head.slice(0, head.lastIndexOf('\n}'));
  yield ',\n  "labels": ';
  yield* list(rows, (row) => String(labels[row]));
  yield ',\n  "probabilities": ';
  yield* list(rows, (row) => number(probabilities[row]));
  if (outlierScores) {
    yield ',\n  "outlierScores": ';
    yield* list(rows, (row) => number(outlierScores[row]));
  }
  yield* groupingLists(clustering);
  yield ',\n  "points": ';
  yield* list(rows, (row) => {
    meter(row + 1);
    return point(points[2 * row], points[2 * row + 1]);
  });
  yield '\n}\n';
}

/** Columns of themes, levels and nearest topics, where known. */
function* groupingLists(clustering: Clustering): Generator<string> {
  const { themes, levels, nearestTopics, nearestStrengths, assigned, labels, topicShares } = clustering;
  const rows = labels.length;
  if (themes) {
    yield ',\n  "themeLabels": ';
    yield* list(rows, (row) => String(themes[row]));
  }
  if (levels) {
    yield ',\n  "levelLabels": [';
    for (const [at, level] of levels.entries()) {
      if (at > 0) yield ',';
      yield* list(rows, (row) => String(level.labels[row]));
    }
    yield ']';
  }
  if (nearestTopics) {
    yield ',\n  "nearestTopics": ';
    yield* list(rows, (row) => String(nearestTopics[row]));
  }
  if (nearestStrengths) {
    yield ',\n  "nearestStrengths": ';
    yield* list(rows, (row) => number(nearestTopics?.[row] === -1 ? Number.NaN : nearestStrengths[row]));
  }
  if (assigned) {
    yield ',\n  "assigned": ';
    yield* list(rows, (row) => String(assigned[row] === 1));
  }
  if (topicShares) {
    yield ',\n  "topicShares": ';
    yield* list(rows, (row) =>
      JSON.stringify(topicShares[row].map(({ topic, share }) => ({ topic, share: shortNumber(share) }))),
    );
  }
}

function* list(length: number, item: (at: number) => string): Generator<string> {
  yield '[';
  for (let start = 0; start < length; start += NUMBERS_AT_ONCE) {
    const count = Math.min(NUMBERS_AT_ONCE, length - start);
    yield (start > 0 ? ',' : '') + Array.from({ length: count }, (_, i) => item(start + i)).join(',');
  }
  yield ']';
}

const number = (value: number): string => (Number.isFinite(value) ? String(shortNumber(value)) : 'null');

const point = (x: number, y: number): string =>
  Number.isFinite(x) && Number.isFinite(y) ? `[${number(x)},${number(y)}]` : 'null';
