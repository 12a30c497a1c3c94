import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { UserError } from '../errors.js';
import { checkRunFolder, replaceRunFiles } from '../files/run-folder.js';
import { checkOptions } from '../options.js';
import { cluster, clusterCollection } from '../pipeline.js';
import { childEnvironment, findProgram, OWN_FOLDER } from '../programs.js';
import { runFileNames, writeRunFiles } from '../run-files.js';
import { readConfig } from './config.js';
import { addFlags, flagName, readFlags } from './flags.js';
import { reporter } from './progress.js';
import { printSummary, summaryOf } from './summary.js';
import { safeJson, safeLine } from './terminal.js';

interface ClusterFlags extends Record<string, unknown> {
  out?: string;
  force?: boolean;
  excel?: boolean;
  format?: string;
  png?: boolean;
  open?: boolean;
  json?: boolean;
  quiet?: boolean;
  config?: string;
}

const EXAMPLES = `
Examples:
  denscape cluster news.csv
  denscape cluster news.csv --text title,description --model minilm --out topics --open
  denscape cluster tickets.jsonl.gz --min-cluster-size 10 --space reduced
  denscape cluster news.csv --milvus http://localhost:19530 --token @token.txt --collection news_data
  denscape cluster --milvus ./news.db --collection news_data --fields title,date`;

/** `denscape cluster FILE`: topics and a map from a file, or from a collection when no file is given. */
export function addClusterCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('cluster')
    .argument(
      '[file]',
      'CSV, TSV, JSON Lines (each also .gz) or Parquet; left out: an existing Milvus collection',
    )
    .summary('topics and a map from a file of texts')
    .description(
      'Turns a file of texts into topics, clusters.csv, clusters.json and an interactive map.html.',
    );
  addFlags(command);
  command
    .option('--out <folder>', 'receives the files (denscape-out)')
    .option('--force', 'replace files there that no run of denscape wrote')
    .option('--format <name>', 'csv, or parquet for clusters.parquet (csv)')
    .option('--excel', 'CSV files as Excel reads them best; cells that look like formulas get an apostrophe')
    .option('--png', 'also map.png and map.svg, for reports')
    .option('--open', 'open the map when done')
    .option('--json', 'print a summary for machines')
    .option('--config <file>', 'options as JSON (denscape.config.json where there is one)')
    .addHelpText('after', EXAMPLES)
    .action((file: string | undefined) => runCluster(file, command.optsWithGlobals(), signal));
}

async function runCluster(file: string | undefined, flags: ClusterFlags, signal: AbortSignal): Promise<void> {
  const config = readConfig(flags.config);
  const options = readFlags(flags, config.options);
  checkOptions(options, flagName);
  const format = flags.format ?? 'csv';
  if (format !== 'csv' && format !== 'parquet') {
    throw new UserError(`--format must be csv or parquet; got "${format}"`);
  }
  if (file === undefined && options.store === undefined) {
    throw new UserError('cluster needs a FILE, or --milvus with --collection; try denscape cluster news.csv');
  }
  const progress = reporter(flags.quiet === true);
  if (config.message) progress.onProgress({ stage: 'read', message: config.message });
  const watched = {
    ...options,
    signal,
    onProgress: progress.onProgress,
    confirm: askOnTerminal(progress.stop),
  };
  const folder = flags.out ?? 'denscape-out';
  const names = runFileNames({ format, png: flags.png });
  const place = { input: file, force: flags.force, signal, onProgress: progress.onProgress };
  try {
    await checkRunFolder(folder, names, place);
    const result = file === undefined ? await clusterCollection(watched) : await cluster(file, watched);
    const files = await replaceRunFiles(
      folder,
      names,
      (draftOf) => writeRunFiles(result, names, draftOf, { excel: flags.excel, ...watched }),
      place,
    );
    progress.stop();
    if (flags.json) process.stdout.write(`${safeJson(summaryOf(result, files))}\n`);
    else if (!flags.quiet) printSummary(result, files);
    if (flags.open) openFile(join(folder, 'map.html'));
  } finally {
    progress.stop();
  }
}

/** A question on the terminal; without one nobody is asked, and the answer is no. */
function askOnTerminal(pause: () => void): ((question: string) => Promise<boolean>) | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  return async (question) => {
    pause();
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^y(es)?$/i.test((await terminal.question(`${safeLine(question)} [y/N] `)).trim());
    } finally {
      terminal.close();
    }
  };
}

/** Opens a file with the program that the system has for it. */
function openFile(path: string): void {
  const failed = () => process.stderr.write(`no program to open ${safeLine(path)} with\n`);
  const name = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const program = findProgram(name);
  if (program === undefined) {
    failed();
    return;
  }
  // An absolute path can't be taken for an option.
  const child = spawn(program, [resolve(path)], {
    cwd: OWN_FOLDER,
    env: childEnvironment(),
    stdio: 'ignore',
    detached: true,
  });
  child.on('error', failed);
  child.unref();
}
