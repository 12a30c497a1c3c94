import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { FailureError, UserError } from '../errors.js';
import { checkRunFolder, replaceRunFiles } from '../files/run-folder.js';
import { COMMANDS } from '../options/command.js';
import { resolveCommand } from '../options/table.js';
import type { ClusterResult } from '../pipeline/result.js';
import { runFileNames, STATISTICS_FILES, statisticsFiles, writeRunFiles } from '../pipeline/run-files.js';
import { RUN_FILE } from '../run/format.js';
import { runDataNames } from '../run/save.js';
import { askOnTerminal } from './ask.js';
import { readConfig } from './config.js';
import { addCommandFlags, addFlags, readCommandFlags, readFlags } from './flags.js';
import { openFile } from './open-map.js';
import { reporter } from './progress.js';
import { SOURCES, sourceOf } from './sources.js';
import { printSummary, summaryOf } from './summary.js';
import { safeJson } from './terminal.js';

const EXAMPLES = `
Examples:
  denscape cluster news.csv
  denscape cluster news.csv --text title,description --model minilm --out topics --open
  denscape cluster reports/*.csv --text summary
  denscape cluster tickets.jsonl.gz --min-cluster-size 10 --space reduced
  denscape cluster news.csv --milvus http://localhost:19530 --token @token.txt --collection news_data
  denscape cluster --milvus ./news.db --collection news_data --fields title,date`;

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
    ...(['read', 'embed', 'store', 'neighbors', 'tree'] as const),
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
  const progress = reporter(flags);
  if (config.message) progress.onProgress({ stage: 'read', message: config.message });
  const watched = {
    ...options,
    signal,
    onProgress: progress.onProgress,
    confirm: askOnTerminal(progress.stop),
  };
  const names = runFileNames({
    format: output.outputFormat,
    png: output.png,
    vectors: output.writeVectors,
  });
  const kept = output.save ? runDataNames() : [];
  const place = { input: files[0], force: output.force, signal, onProgress: progress.onProgress };
  try {
    await checkRunFolder(output.out, [...names, ...STATISTICS_FILES, ...kept], place);
    if (!output.save) refuseOutdated(output.out);
    // Loaded late, so that a wrong option is refused at once.
    const { clusterFile, clusterStored } = await import('../pipeline/cluster.js');
    const start = performance.now() / 1000; // since the process began
    let written: string[] = [];
    const keep = async (result: ClusterResult) => {
      result.costs.unshift({ stage: 'start', seconds: start });
      const { excel, timings, out, groupBy, time, period } = output;
      const statistics = { groupBy, time, period };
      const people = [...names, ...statisticsFiles(result, statistics)];
      const { onProgress } = progress;
      const keepIn = output.save ? out : undefined;
      const write = (draftOf: (name: string) => string) =>
        writeRunFiles(result, people, draftOf, { excel, timings, statistics, keepIn, signal, onProgress });
      const all = await replaceRunFiles(out, [...people, ...kept], write, place);
      // The run's own files are one thing for people, named by the one that lists the others.
      written = [...all.slice(0, people.length), ...(output.save ? [join(out, RUN_FILE)] : [])];
    };
    const run =
      files.length === 0 ? clusterStored(watched, keep) : clusterFile(sourceOf(files), watched, keep);
    const result = await run.catch((error: unknown) => {
      if (written.length === 0 || !(error instanceof FailureError)) throw error;
      const { message, code, option } = error;
      throw new FailureError(`${message}; all output files are in ${output.out}`, {
        code,
        option,
        cause: error,
      });
    });
    progress.stop();
    const shown = { files: written, excel: output.excel, timings: output.timings };
    if (flags.json) process.stdout.write(`${safeJson(summaryOf(result, shown))}\n`);
    else if (!flags.quiet) printSummary(result, shown);
    if (flags.open) openFile(join(output.out, 'map.html'));
  } finally {
    progress.stop();
  }
}

/** @throws UserError where the files of a kept run would no longer be those of what stands next to them. */
function refuseOutdated(folder: string): void {
  if (!existsSync(join(folder, RUN_FILE))) return;
  throw new UserError(
    `${folder} holds a run, which --no-save would leave as it was next to other files; leave it out, or name another folder with --out`,
    { code: 'OUTPUT_EXISTS', option: 'save', file: folder },
  );
}
