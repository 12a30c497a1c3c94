import { embedOptions } from './embed.js';
import { facetOptions } from './facet.js';
import { givenOptions } from './given.js';
import { layoutOptions } from './layout.js';
import { namingOptions } from './naming.js';
import { neighborsOptions } from './neighbors.js';
import type { Option, OptionsOf, OptionTable } from './option.js';
import { outputOptions } from './output.js';
import { readOptions } from './read.js';
import { resolveStages, type StageSettings } from './resolve.js';
import { splitOptions } from './split.js';
import { storeOptions } from './store.js';
import { topicsOptions } from './topics.js';
import { treeOptions } from './tree.js';
import { watchOptions } from './watch.js';

/**
 * Every option of `cluster()` and of the command line, by the stage that receives it. To add one, add a record to the
 * file of its stage: its type, check, flag, help, place in the config file, in reports and in docs/options.md follow.
 */
export const STAGES = {
  read: readOptions,
  split: splitOptions,
  embed: embedOptions,
  facet: facetOptions,
  store: storeOptions,
  neighbors: neighborsOptions,
  tree: treeOptions,
  given: givenOptions,
  layout: layoutOptions,
  topics: topicsOptions,
  naming: namingOptions,
  output: outputOptions,
  watch: watchOptions,
} as const;

export type OptionStage = keyof typeof STAGES;

const programOptions = {
  ...readOptions,
  ...splitOptions,
  ...embedOptions,
  ...facetOptions,
  ...storeOptions,
  ...neighborsOptions,
  ...treeOptions,
  ...givenOptions,
  ...layoutOptions,
  ...topicsOptions,
  ...namingOptions,
  ...watchOptions,
};

/** Options of `cluster()`; each is described in docs/options.md. */
export type ClusterOptions = OptionsOf<typeof programOptions>;

/** Every option decided, cut into one frozen record per stage. */
export type Settings = StageSettings<typeof STAGES>;

/** Options of the command line: those of `cluster()` and those of its output files. */
export type CommandOptions = ClusterOptions & OptionsOf<typeof outputOptions>;

/** Every option by its path, with the stage that it is shown under: the first that receives it. */
export const ALL_OPTIONS: ReadonlyMap<string, Option & { stage: OptionStage }> = (() => {
  const all = new Map<string, Option & { stage: OptionStage }>();
  for (const [stage, table] of Object.entries(STAGES) as [OptionStage, OptionTable][]) {
    for (const [path, record] of Object.entries(table)) {
      if (!all.has(path)) all.set(path, { ...record, stage });
    }
  }
  return all;
})();

/** Decides all options of `cluster()`, before anything costs time. */
export function resolveSettings(options: ClusterOptions): Settings {
  const { output, ...program } = STAGES;
  return Object.freeze({ ...resolveStages(program, options), ...resolveStages({ output }, {}) });
}

/** Splits what the command line was given, and decides both halves. */
export function resolveCommand(given: CommandOptions): {
  options: ClusterOptions;
  output: Settings['output'];
} {
  const { output, ...program } = STAGES;
  const isOutput = ([name]: [string, unknown]) => name in output;
  const entries = Object.entries(given);
  const options = Object.fromEntries(entries.filter((entry) => !isOutput(entry)));
  resolveStages(program, options);
  return {
    options,
    output: resolveStages({ output }, Object.fromEntries(entries.filter(isOutput))).output,
  };
}
