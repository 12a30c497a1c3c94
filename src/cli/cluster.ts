import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { counted } from '../counted.js';
import { FailureError, UserError } from '../errors.js';
import { checkRunFolder, replaceRunFiles } from '../files/run-folder.js';
import { COMMANDS } from '../options/command.js';
import { type ClusterOptions, resolveCommand, type Settings } from '../options/table.js';
import type { Findings } from '../pipeline/canonical.js';
import type { Corpus } from '../pipeline/corpus.js';
import type { ClusterResult } from '../pipeline/result.js';
import { runFileNames, STATISTICS_FILES, statisticsFiles, writeRunFiles } from '../pipeline/run-files.js';
import type { Table } from '../read/index.js';
import { earlierRun } from '../run/earlier.js';
import { RUN_FILE, runDataNames } from '../run/format.js';
import { askOnTerminal } from './ask.js';
import { readConfig } from './config.js';
import { addCommandFlags, addFlags, readCommandFlags, readFlags } from './flags.js';
import { givenLines } from './given-lines.js';
import { openFile } from './open-map.js';
import { type Reporter, reporter } from './progress.js';
import { SOURCES, sourceOf } from './sources.js';
import { printSummary, type SummaryOptions, summaryOf } from './summary.js';
import { safeJson, safeLine } from './terminal.js';

const EXAMPLES = `
Examples:
  denscape cluster news.csv
  denscape cluster news.csv --text title,description --model minilm --out topics --open
  denscape cluster reports/*.csv --text summary
  denscape cluster tickets.jsonl.gz --min-cluster-size 10 --space reduced
  denscape cluster news.csv --milvus http://localhost:19530 --token @token.txt --collection news_data
  denscape cluster --milvus ./news.db --collection news_data --fields title,date
  denscape cluster --milvus ./news.db --collection news_data --by language --out by-language`;

/** Options of the output files, decided. */
type Output = ReturnType<typeof resolveCommand>['output'];

/** `denscape cluster FILE`: topics and a map from a file, or from a collection when no file is given. */
export function addClusterCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('cluster')
    .argument('[files...]', `${SOURCES}; left out: an existing Milvus collection`)
    .summary('topics and a map from a file of texts')
    .description(
      'Turns a file of texts into topics, clusters.csv, clusters.json and an interactive map.html.',
    );
  addFlags(command, [
    ...(['read', 'split', 'facet', 'embed', 'store', 'neighbors', 'tree'] as const),
    ...(['layout', 'given', 'topics', 'naming', 'output'] as const),
  ]);
  addCommandFlags(command, COMMANDS.cluster);
  command.addHelpText('after', EXAMPLES).action((files: string[]) => runCluster(files, command, signal));
}

async function runCluster(files: string[], command: Command, signal: AbortSignal): Promise<void> {
  const flags = readCommandFlags(command, COMMANDS.cluster);
  const config = readConfig(flags.config);
  const { options, output } = resolveCommand(readFlags(command.optsWithGlobals(), config.options));
  if (files.length === 0 && options.store === undefined) {
    throw new UserError(
      'cluster needs a FILE, or --milvus with --collection; try denscape cluster news.csv',
      { code: 'COMMAND_INVALID' },
    );
  }
  if (files.length > 0 && flags.by !== undefined) {
    throw new UserError(
      '--by divides a Milvus collection, and a file was given; leave out one of them (denscape embed fills a collection)',
      { code: 'COMMAND_INVALID' },
    );
  }
  const progress = reporter(flags);
  if (config.message) progress.onProgress({ stage: 'read', message: config.message });
  const watched = {
    ...options,
    signal,
    onProgress: progress.onProgress,
    confirm: askOnTerminal(progress.stop),
  };
  try {
    if (flags.by === undefined) {
      const { result, shown } = await runOnce(files, watched, output, progress, signal);
      if (flags.json) process.stdout.write(`${safeJson(summaryOf(result, shown))}\n`);
      else if (!flags.quiet) printResult(result, shown);
      if (flags.open) openFile(join(output.out, 'map.html'));
      return;
    }
    const { runsByValue } = await import('../pipeline/by-value.js');
    const { runs, without } = await runsByValue(watched, flags.by);
    progress.stop();
    const summaries: object[] = [];
    for (const { value, rows, options: own, folder } of runs) {
      const out = join(output.out, folder);
      const { result, shown } = await runOnce(
        [],
        { ...watched, ...own },
        { ...output, out },
        progress,
        signal,
      );
      if (flags.json) summaries.push({ by: flags.by, value, ...summaryOf(result, shown) });
      else if (!flags.quiet) {
        process.stdout.write(`\n${safeLine(`${flags.by} = ${value}`)}: ${counted(rows, 'row')}\n`);
        printResult(result, shown);
      }
      if (flags.open) openFile(join(out, 'map.html'));
    }
    if (flags.json) process.stdout.write(`${safeJson(summaries)}\n`);
    else if (!flags.quiet && without > 0) {
      process.stdout.write(`${counted(without, 'row')} without a value in ${safeLine(flags.by)} left out\n`);
    }
  } finally {
    progress.stop();
  }
}

/** Below so many texts no topic is found without options: it is the least size that is chosen for one. */
const FEW_TEXTS = 5;

/** What is printed in place of an empty summary where there are too few texts; undefined where there are enough. */
function tooFew({ topics, facts }: ClusterResult, file: string | undefined): string | undefined {
  const texts = facts.rows - facts.blankTexts;
  if (topics.length > 0 || texts >= FEW_TEXTS) return undefined;
  const place = file === undefined ? '' : `; ${safeLine(file)} shows them`;
  return `${counted(texts, 'text')} ${texts === 1 ? 'is' : 'are'} too few for topics, some dozens are needed${place}.`;
}

/** For people: what was found, then the given topics. */
function printResult(result: ClusterResult, shown: SummaryOptions): void {
  const few = tooFew(result, shown.files[0]);
  if (few !== undefined) {
    process.stdout.write(`${few}\n`);
    return;
  }
  printSummary(result, shown);
  const given = givenLines(result.facts);
  if (given.length > 0) process.stdout.write(`\n${given.join('\n')}\n`);
}

/** One run, with its files in its folder. */
async function runOnce(
  files: string[],
  options: ClusterOptions,
  output: Output,
  progress: Reporter,
  signal: AbortSignal,
): Promise<{ result: ClusterResult; shown: SummaryOptions }> {
  const { onProgress } = progress;
  const names = runFileNames({
    format: output.outputFormat,
    png: output.png,
    vectors: output.writeVectors,
  });
  const kept = output.save ? runDataNames() : [];
  const earlier = await earlierRun(output.out, files.length === 1 ? basename(files[0]) : undefined);
  const inputs = new Set(files.map((file) => resolve(file)));
  const stale = earlier?.stale.filter((name) => !inputs.has(resolve(output.out, name)));
  const place = { input: files[0], force: output.force, stale, signal, onProgress };
  await checkRunFolder(output.out, [...names, ...STATISTICS_FILES, ...kept], place);
  if (!output.save) refuseOutdated(output.out);
  // Loaded late, so that a wrong option is refused at once.
  const { clusterFile, clusterStored } = await import('../pipeline/cluster.js');
  const { requireColumns } = await import('../statistics/columns.js');
  const start = performance.now() / 1000; // since the process began
  let written: string[] = [];
  const { excel, timings, out, groupBy, time, period } = output;
  const statistics = { groupBy, time, period };
  let lost = earlier?.lost;
  const check = (table: Table) => {
    requireColumns(table, statistics);
    // Only once the rows could be read: where they can't, nothing is replaced. A question asks for the check twice.
    if (lost) onProgress({ stage: 'write', level: 'warning', message: lost });
    lost = undefined;
  };
  const keep = async (result: ClusterResult) => {
    result.costs.unshift({ stage: 'start', seconds: start });
    const people = [...names, ...statisticsFiles(result, statistics)];
    const keepIn = output.save ? out : undefined;
    const write = (draftOf: (name: string) => string) =>
      writeRunFiles(result, people, draftOf, { excel, timings, statistics, keepIn, signal, onProgress });
    const all = await replaceRunFiles(out, [...people, ...kept], write, place);
    // The run's own files are one thing for people, named by the one that lists the others.
    written = [...all.slice(0, people.length), ...(output.save ? [join(out, RUN_FILE)] : [])];
  };
  // The run that the folder holds is about to be replaced, and its topics may live on.
  const rename = async (...found: [Corpus, Findings, Settings]) =>
    (await import('../run/earlier-names.js')).keepEarlierNames(out, ...found);
  const hooks = { check, keep, hasStatistics: true, rename: earlier && output.save ? rename : undefined };
  const running =
    files.length === 0 ? clusterStored(options, hooks) : clusterFile(sourceOf(files), options, hooks);
  const result = await running.catch((error: unknown) => {
    if (written.length === 0 || !(error instanceof FailureError)) throw error;
    const { message, code, option } = error;
    throw new FailureError(`${message}; all output files are in ${output.out}`, {
      code,
      option,
      cause: error,
    });
  });
  progress.stop();
  const run = output.save ? out : undefined;
  return { result, shown: { files: written, excel, timings, threads: options.threads, run } };
}

/** @throws UserError where the files of a kept run would no longer be those of what stands next to them. */
function refuseOutdated(folder: string): void {
  if (!existsSync(join(folder, RUN_FILE))) return;
  throw new UserError(
    `${folder} holds a run, which --no-save would leave as it was next to other files; leave it out, or name another folder with --out`,
    { code: 'OUTPUT_EXISTS', option: 'save', file: folder },
  );
}
