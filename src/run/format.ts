import * as v from 'valibot';
import { PALETTE, SHADES } from '../output/palette.js';
import { PERIODS } from '../statistics/periods.js';

/** Names the form of run.json and of the files that it lists. A later form has another number. */
export const RUN_FORMAT = 'denscape/run/1';
const FAMILY = /^denscape\/run\/(\d+)$/;

/** States the run and lists its other files. Written last among them, since it holds their checksums. */
export const RUN_FILE = 'run.json';

/** The files of a run besides run.json. */
export const DATA_FILES = {
  /** The table as it was read. */
  table: 'run-table.parquet',
  /** A line a row of the table: its text, topic, theme, place on the map … */
  rows: 'run-rows.parquet',
  /** A line a merge of the tree, and an edge of the minimum spanning tree. */
  merges: 'run-merges.parquet',
  /** The condensed tree, as hdbscan numbers it. */
  condensed: 'run-condensed.parquet',
  /** Clusters of the condensed tree, and which are chosen. */
  clusters: 'run-clusters.parquet',
  /** Vectors of the rows with text, float32; without columns where they are elsewhere. */
  vectors: 'run-vectors.npy',
  /** Nearest others of the rows with text, int32, nearest first; −1 is an empty slot. */
  neighbors: 'run-neighbors.npy',
  /** Their euclidean distances, float32. */
  distances: 'run-distances.npy',
  /** Coordinates in which density was looked for, float32; without columns where that was among the vectors. */
  space: 'run-space.npy',
} as const;

/** What a change did, for programs and for people. */
export const CHANGE_FILES = ['changes.json', 'changes.md'];

export type DataFile = keyof typeof DATA_FILES;

/** Names of all files of a run. */
export const runDataNames = (): string[] => [...Object.values(DATA_FILES), RUN_FILE];

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const counts = v.array(count);

const topic = v.looseObject({
  id: count,
  size: count,
  persistence: v.number(),
  keywords: v.array(v.string()),
  name: v.string(),
  summary: v.optional(v.string()),
  exemplars: counts,
  given: v.optional(v.literal(true)),
  parent: v.optional(count),
  foundAgain: v.optional(count),
});

const level = v.object({
  groups: v.array(topic),
  /** Group of the next coarser level; −1 at the coarsest. */
  parents: v.array(v.pipe(v.number(), v.integer())),
  modularity: v.number(),
  silhouette: v.number(),
  isTheme: v.boolean(),
});

/** An index into the palette, and a shade, by id. */
const colors = v.record(
  v.string(),
  v.tuple([v.pipe(count, v.maxValue(PALETTE.light.length - 1)), v.pipe(count, v.maxValue(SHADES - 1))]),
);

/** One thing that was done to the run. */
const step = v.looseObject({
  did: v.picklist(['cluster', 'add', 'recut', 'rename']),
  /** Rows of the table afterwards. */
  rows: count,
  /** Whether the reduced space that density is looked for in was made anew; in the first step it always was. */
  laidOut: v.optional(v.boolean()),
});
export type Step = v.InferOutput<typeof step>;

const runSchema = v.object({
  format: v.literal(RUN_FORMAT),
  /** Version of denscape that wrote it. */
  denscape: v.string(),
  /** The file's name, or `rows`. */
  source: v.string(),
  /** Rows of the table, and how many of them have a text. */
  rows: count,
  documents: count,
  textColumns: v.array(v.string()),
  vectorColumn: v.optional(v.string()),
  /** The column of a language model's answers, where these were embedded in place of texts. */
  answerColumn: v.optional(v.string()),
  /** Columns of run-table.parquet that hold values of several kinds, written as JSON. */
  mixedColumns: v.array(v.string()),
  /** Options by their paths, as they were used; none that is secret or about this machine. */
  settings: v.record(v.string(), v.unknown()),
  /** What made the vectors; its fingerprint changes whenever a vector could. */
  model: v.optional(
    v.looseObject({
      id: v.string(),
      revision: v.string(),
      dtype: v.string(),
      fingerprint: v.optional(v.string()),
    }),
  ),
  /** Where the vectors are: in run-vectors.npy, in a collection of Milvus, or nowhere, where only neighbours were given. */
  vectors: v.picklist(['file', 'milvus', 'none']),
  /** Texts longer than the model reads: those that lost their end, and those that have the mean of their pieces. */
  truncated: count,
  averaged: v.optional(count, 0),
  /** What texts were divided into, and how many parts were clustered. */
  split: v.optional(v.object({ kind: v.picklist(['sentences', 'paragraphs']), parts: count })),
  facts: v.looseObject({}),
  fit: v.object({
    settings: v.looseObject({ minClusterSize: count, minSamples: count, alpha: v.number() }),
    exactness: v.looseObject({ certified: v.boolean() }),
    invalidRows: count,
  }),
  grouping: v.object({
    choice: v.looseObject({ space: v.picklist(['raw', 'reduced']) }),
    engine: v.string(),
    trustworthiness: v.optional(v.number()),
    topics: v.array(topic),
    /** A number a topic. */
    persistence: v.array(v.number()),
    themes: v.array(topic),
    levels: v.array(level),
    /** Topics that the caller named: their names, and the id of each one's topic, −1 where no row is near it. */
    given: v.optional(
      v.array(v.object({ name: v.string(), id: v.pipe(v.number(), v.integer(), v.minValue(-1)) })),
    ),
    languages: v.array(v.object({ language: v.string(), rows: count })),
    boilerplate: v.optional(v.object({ texts: count, examples: v.array(v.string()) })),
  }),
  /** Ids by place in `topics` and `themes`, and the first that none ever had. */
  ids: v.object({ topics: counts, themes: counts, nextTopic: count, nextTheme: count }),
  /** Names that people gave, by id of the topic. */
  edits: v.object({ topics: v.record(v.string(), v.string()), themes: v.record(v.string(), v.string()) }),
  /** Colours on the map that topics and themes keep, where the run was changed. */
  colors: v.optional(v.object({ topics: colors, themes: colors })),
  /** Options of the cut with which the run was made, by their paths, where it was cut anew since. */
  firstCut: v.optional(v.record(v.string(), v.unknown())),
  /** Ids by place of the groups of that cut, where another one was made since rows were last added. */
  ownIds: v.optional(v.object({ topics: counts, themes: counts })),
  report: v.looseObject({}),
  history: v.array(step),
  /** Files for people that are written together with the run. */
  outputs: v.object({
    files: v.array(v.string()),
    excel: v.boolean(),
    /** Columns that are compared and followed, where they were named. */
    statistics: v.optional(
      v.object({
        groupBy: v.optional(v.union([v.string(), v.array(v.string())])),
        time: v.optional(v.string()),
        period: v.optional(v.picklist(PERIODS)),
      }),
    ),
  }),
  files: v.record(
    v.string(),
    v.object({ bytes: count, sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) }),
  ),
});

export type RunRecord = v.InferOutput<typeof runSchema>;

/** What run.json says, or one line on why it can't be used. */
export function parseRun(text: string): RunRecord | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return 'is not JSON: it was cut off or changed; restore it from a copy, or cluster again';
  }
  const { format, denscape } = Object(parsed) as { format?: unknown; denscape?: unknown };
  const [, number] = FAMILY.exec(String(format)) ?? [];
  if (number === undefined) return 'is not a run of denscape';
  if (format !== RUN_FORMAT) {
    const writer = typeof denscape === 'string' ? `denscape ${denscape}` : 'another version of denscape';
    return `is in run format ${number} of ${writer}, and this version reads ${RUN_FORMAT.split('/')[2]}; use that version, or cluster again`;
  }
  const result = v.safeParse(runSchema, parsed);
  if (result.success) return result.output;
  const [issue] = result.issues;
  return `is damaged at ${v.getDotPath(issue) ?? 'its top'}: ${issue.message}; restore it from a copy, or cluster again`;
}
