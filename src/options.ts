import * as v from 'valibot';
import {
  type CustomModel,
  DEVICES,
  DTYPES,
  type ModelOptions,
  POOLINGS,
  type RunOptions,
} from './embed/options.js';
import { UserError } from './errors.js';
import type { CutOptions } from './hdbscan/index.js';
import type { LayoutOptions } from './layout/index.js';
import type { Watch } from './progress.js';
import { FORMATS, type ReadOptions } from './read/index.js';
import type { StoreOptions } from './store/options.js';

import type { NamingSettings } from './topics/index.js';

export type { NamingSettings, StoreOptions };

/** How the picture is made; see LayoutOptions. `neighbors` defaults to 80 here, `seed` to the call's. */
export type LayoutChoice = Pick<
  LayoutOptions,
  | 'neighbors'
  | 'minDist'
  | 'spread'
  | 'epochs'
  | 'seed'
  | 'engine'
  | 'init'
  | 'learningRate'
  | 'negativeSampleRate'
  | 'repulsionStrength'
>;

/**
 * All of `cluster()`. The command line has the same names in kebab-case. What a room reads by itself is documented
 * there: files at ReadOptions, models at ModelOptions, devices at RunOptions, the cut through the tree at CutOptions.
 */
export interface ClusterOptions extends ReadOptions, ModelOptions, RunOptions, CutOptions, Watch {
  /** Columns whose texts are joined by a newline; in one text with commas between. Default: guessed from the header, and said. */
  text?: string | string[];
  /** Left out: memory. */
  store?: StoreOptions;
  /** Nearest neighbours of each row, 1 or more, or `auto`, which is 50. It changes the time, not the clusters, which are proven. Default `auto`. */
  neighbors?: number | 'auto';
  /** Smallest topic, 2 or more. Default 3. */
  minClusterSize?: number;
  /** Neighbours that make a place dense, 1 or more. Default: minClusterSize. */
  minSamples?: number;
  /** Distances are divided by it in mutual reachability, above 0. Default 1. */
  alpha?: number;
  /** Exactly this many topics, from the same tree. Default: as many as are stable. */
  clusters?: number;
  /** Cluster on squared distances, as the original did. Default false. */
  squared?: boolean;
  /** `raw` vectors, or `reduced` to five dimensions first: more rows in topics, less faithful. Default `raw`. */
  space?: 'raw' | 'reduced';
  /** Seed of the layout. Default 42. */
  seed?: number;
  layout?: LayoutChoice;
  /** Words per topic, 1 or more. Default 10. */
  keywords?: number;
  /** ISO 639-1 code of the texts. Default: detected. */
  language?: string;
  /** Names by a language model. Default: names from keywords. */
  nameWith?: NamingSettings;
}

const whole = (least: number) =>
  v.pipe(
    v.number(`must be a whole number of at least ${least}`),
    v.integer(`must be a whole number of at least ${least}`),
    v.minValue(least, `must be a whole number of at least ${least}`),
  );
const atLeast = (least: number) => {
  const rule = `must be a number of at least ${least}`;
  return v.pipe(v.number(rule), v.finite(rule), v.minValue(least, rule));
};
const above = (bound: number) => {
  const rule = `must be a number above ${bound}`;
  return v.pipe(v.number(rule), v.finite(rule), v.gtValue(bound, rule));
};
const text = v.pipe(v.string('must be a text'), v.minLength(1, 'must not be empty'));
const flag = v.boolean('must be true or false');
const oneOf = <const T extends readonly string[]>(...names: T) =>
  v.picklist(names, `must be one of ${names.join(', ')}`);
const parameters = v.record(v.string(), v.union([v.string(), v.number()], 'must be a text or a number'));

const storeSchema = v.strictObject({
  uri: text,
  token: v.optional(v.string()),
  database: v.optional(text),
  collection: v.optional(text),
  ca: v.optional(text),
  cert: v.optional(text),
  key: v.optional(text),
  vectorField: v.optional(text),
  textField: v.optional(text),
  idField: v.optional(text),
  fields: v.optional(v.array(text)),
  filter: v.optional(text),
  index: v.optional(oneOf('FLAT', 'HNSW', 'IVF_FLAT', 'AUTOINDEX')),
  indexParams: v.optional(parameters),
  searchParams: v.optional(parameters),
  neighborsFrom: v.optional(oneOf('auto', 'server', 'local')),
  timeout: v.optional(above(0)),
  retries: v.optional(whole(0)),
  writeBack: v.optional(text),
  id: v.optional(text),
});

const schema = v.strictObject({
  text: v.optional(
    v.union(
      [text, v.pipe(v.array(text), v.minLength(1, 'must name a column'))],
      'must be a column or several',
    ),
  ),
  encoding: v.optional(text),
  delimiter: v.optional(text),
  format: v.optional(oneOf(...FORMATS)),
  model: v.optional(
    v.union(
      [text, v.custom<CustomModel>((value) => typeof (value as CustomModel | null)?.embed === 'function')],
      'must be a name, a folder, or an object with embed(texts)',
    ),
  ),
  device: v.optional(
    v.union(
      [oneOf(...DEVICES), v.array(oneOf(...DEVICES))],
      `must be one or several of ${DEVICES.join(', ')}`,
    ),
  ),
  dtype: v.optional(oneOf(...DTYPES)),
  maxTokens: v.optional(whole(3)),
  prefix: v.optional(v.string()),
  pooling: v.optional(oneOf(...POOLINGS)),
  batchTokens: v.optional(whole(1)),
  confirm: v.optional(v.function('must be a function')),
  baseUrl: v.optional(text),
  apiKey: v.optional(v.string()),
  offline: v.optional(flag),
  yes: v.optional(flag),
  cache: v.optional(v.union([flag, text], 'must be true, false or a folder')),
  threads: v.optional(whole(1)),
  store: v.optional(storeSchema),
  neighbors: v.optional(v.union([whole(1), v.literal('auto')], 'must be a whole number of at least 1')),
  minClusterSize: v.optional(whole(2)),
  minSamples: v.optional(whole(1)),
  clusterSelectionMethod: v.optional(oneOf('eom', 'leaf')),
  clusterSelectionEpsilon: v.optional(atLeast(0)),
  maxClusterSize: v.optional(whole(0)),
  allowSingleCluster: v.optional(flag),
  alpha: v.optional(above(0)),
  clusters: v.optional(whole(1)),
  squared: v.optional(flag),
  space: v.optional(oneOf('raw', 'reduced')),
  seed: v.optional(whole(0)),
  layout: v.optional(
    v.strictObject({
      neighbors: v.optional(whole(1)),
      minDist: v.optional(atLeast(0)),
      spread: v.optional(above(0)),
      epochs: v.optional(whole(1)),
      seed: v.optional(whole(0)),
      engine: v.optional(oneOf('wasm', 'umap-js')),
      init: v.optional(
        v.union(
          [oneOf('spectral', 'pca', 'random'), v.instance(Float32Array)],
          'must be one of spectral, pca, random, or start positions',
        ),
      ),
      learningRate: v.optional(above(0)),
      negativeSampleRate: v.optional(whole(0)),
      repulsionStrength: v.optional(atLeast(0)),
    }),
  ),
  keywords: v.optional(whole(1)),
  language: v.optional(text),
  nameWith: v.optional(
    v.strictObject({
      baseUrl: text,
      model: text,
      apiKey: v.optional(v.string()),
      largest: v.optional(whole(1)),
      timeout: v.optional(above(0)),
      maxCalls: v.optional(whole(1)),
      maxTokens: v.optional(whole(1)),
      cacheFolder: v.optional(text),
    }),
  ),
  onProgress: v.optional(v.function('must be a function')),
  signal: v.optional(v.instance(AbortSignal, 'must be an AbortSignal')),
});

/** Every name that an option has at the top. */
export const OPTION_NAMES: readonly string[] = Object.keys(schema.entries);

/** Writes an option's name as its reader knows it: `minClusterSize`, or `--min-cluster-size` on a command line. */
export type NameOption = (path: string[]) => string;

const asWritten: NameOption = (path) => path.join('.');

/** Secrets are never repeated, not even to the one who mistyped them. */
const SECRET = /token|key$/i;

/**
 * Checks options at the door. Throws a UserError that names the option, the value and the rule.
 */
export function checkOptions(options: ClusterOptions, name: NameOption = asWritten): ClusterOptions {
  const result = v.safeParse(schema, options);
  if (result.success) return options;
  const issue = result.issues[0];
  const path = (issue.path ?? []).map((part) => String(part.key));
  const label = name(path);
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const known = Object.keys(schema.entries).join(', ');
    throw new UserError(
      `unknown option ${label}; ${path.length === 1 ? `known: ${known}` : 'see the documentation of StoreOptions'}`,
    );
  }
  const leaf = deepest(issue);
  const value = SECRET.test(label) ? 'the value given' : (JSON.stringify(issue.input) ?? String(issue.input));
  throw new UserError(
    `${label} ${leaf.message.startsWith('must') ? leaf.message : `is not valid: ${leaf.message}`}; got ${value}`,
  );
}

/** A union's own message says less than the rule its likeliest member broke. */
function deepest(issue: v.BaseIssue<unknown>): v.BaseIssue<unknown> {
  return issue.message.startsWith('must') ? issue : (issue.issues?.[0] ?? issue);
}
