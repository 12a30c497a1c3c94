import { type ClusterOptions, STAGES } from '../options/table.js';
import { cutOptions } from '../options/tree.js';

/** Options given for a run that is there: its question is known, so that only where it is asked has to be given. */
export type OptionsInRun = Omit<ClusterOptions, 'facet'> & {
  facet?: Partial<NonNullable<ClusterOptions['facet']>>;
};

/** Options of reading that belong to the rows' meaning; the others say how one file is written. */
const READ = new Set(['text', 'placeholders', 'html']);

/** Options that answers are the same by. */
const ANSWERS = new Set(['facet.question', 'facet.model']);

/** Options that may differ each time: how a file is written, what a machine has, and the model, whose fingerprint is checked. */
export const FREE = new Set([
  ...Object.keys(STAGES.read).filter((path) => !READ.has(path)),
  ...Object.keys(STAGES.output),
  ...Object.keys(STAGES.watch),
  ...Object.keys(STAGES.naming),
  ...Object.keys(STAGES.facet).filter((path) => !ANSWERS.has(path)),
  ...[
    'model',
    'device',
    'batchTokens',
    'baseUrl',
    'apiKey',
    'endpointRequests',
    'endpointTimeout',
    'offline',
    'yes',
    'confirm',
    'cache',
    'threads',
  ],
  ...[
    'store.uri',
    'store.token',
    'store.timeout',
    'store.retries',
    'store.ca',
    'store.cert',
    'store.key',
    'store.prune',
    'store.sameModel',
    'store.writeBack',
  ],
]);

/** Free options that a run keeps all the same, so that they need not be given again. */
export const KEPT = new Set(['model', 'store.uri', 'redact']);

/** Whether a run keeps the option, so that it need not be given again. */
export const isOfRun = (path: string): boolean => !FREE.has(path) || KEPT.has(path);

/** Options that a cut can change without a new tree, and those of names. */
export const RECUT_OPTIONS = new Set([
  ...Object.keys(cutOptions),
  ...['minClusterSize', 'clusters', 'noise'],
  ...['language', 'keywords', 'examples', 'stopWords', 'minDf'],
]);
