// npm run bench -- [--filter TEXT] [--quick] [--peers] [--json FILE] [--page] [--join FILE …]
//   --filter  cases with this in their name (stage/what rows)
//   --quick   the small cases, under a minute
//   --peers   other packages on the same data, in turn, each in a process of its own
//   --json    a file for the figures; the table is printed as well
//   --page    writes bench/RESULTS.md from this run
//   --join    runs nothing: prints, and with --page writes, what earlier runs wrote as JSON; all cases take an hour
// DENSCAPE_NEWS=FILE names the CSV of AG News' test set, for which some figures are required; without it, made-up vectors.
// DENSCAPE_LABELLED=FOLDER: CSV files with columns text and label for `quality/`, NAME.f32 their vectors where you have them (else
// MiniLM's); DENSCAPE_SAMPLES=3 draws three samples of each size. Without a folder, the 870 news of the tests.
// Every timed result is checked; a wrong one fails the run.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Bench } from 'tinybench';
import { FailureError } from '../src/errors.js';
import type { BenchCase, FunctionCase, Opened, ProcessCase } from './case.js';
import { measureMachine } from './machine.js';
import { renderPage, renderTable } from './page.js';
import { openPeer, type Peer } from './peers/peer.js';
import { runProcess } from './process.js';
import { renderQuality } from './quality.js';
import { type Figure, type Report, summarize } from './report.js';

const { values: flags } = parseArgs({
  options: {
    filter: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    json: { type: 'string' },
    page: { type: 'boolean', default: false },
    join: { type: 'string', multiple: true },
  },
});

/** `neighbors/wasm 7600x384 k50`, what `--filter` looks in. */
function label({ name, size }: BenchCase): string {
  const cols = size.cols === undefined ? '' : `x${size.cols}`;
  return `${name} ${size.rows}${cols}${size.k === undefined ? '' : ` k${size.k}`}`;
}

async function loadCases(): Promise<BenchCase[]> {
  const folder = new URL('./cases/', import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort();
  const modules = await Promise.all(files.map((file) => import(new URL(file, folder).href)));
  const all = modules.flatMap((module) => module.cases as BenchCase[]);
  return all
    .filter((one) => label(one).includes(flags.filter))
    .filter((one) => !flags.quick || one.quick)
    .filter((one) => !one.slow || flags.peers || flags.filter !== '');
}

/** Times a function alone: tinybench warms up and repeats; the result of every round is checked. */
async function timeFunction(one: FunctionCase, opened: Opened): Promise<number[]> {
  const runs = one.runs ?? 5;
  const bench = new Bench({
    iterations: runs,
    time: flags.quick ? 100 : 500,
    warmupIterations: 1,
    warmupTime: 0,
    retainSamples: true,
    throws: true,
  });
  let found: unknown;
  bench.add(
    one.name,
    async () => {
      found = await opened.run();
    },
    { afterEach: () => opened.check(found as never) },
  );
  await bench.run();
  const result = bench.tasks[0].result;
  if (!('latency' in result) || !result.latency.samples) throw new Error(`${label(one)}: ${result.state}`);
  return result.latency.samples.map((milliseconds) => milliseconds / 1000);
}

/** Calls before the first that counts, while they take no longer than this in all, in milliseconds. */
const WARM_CALLS = 5;
const WARM_UP = 3000;

/** Before every run, in milliseconds: threads of the previous run may spin for some tenths of a second. */
const PAUSE = 500;

/** A run that takes less, in seconds, is repeated at once and counts then: processors need a moment to be back from idling. */
const SHORT = 1;

async function afterPause(run: () => Promise<number>): Promise<number> {
  await sleep(PAUSE);
  const first = await run();
  return first < SHORT ? run() : first;
}

async function timeOnce(opened: Opened): Promise<number> {
  const start = performance.now();
  const found = await opened.run();
  const took = (performance.now() - start) / 1000;
  await opened.check(found as never);
  return took;
}

/** Times a function and its peers in turn, so that load on the machine affects all of them. */
async function timeInTurn(one: FunctionCase, opened: Opened, peers: Peer[]): Promise<number[][]> {
  if (one.once) {
    const seconds = [[await timeOnce(opened)]];
    for (const peer of peers) seconds.push([await peer.run()]);
    return seconds;
  }
  const rounds = one.runs ?? 5;
  // JIT compilers need a few calls; peers are warm already.
  const warm = performance.now() + WARM_UP;
  for (let call = 0; call < WARM_CALLS && (call === 0 || performance.now() < warm); call++) {
    await opened.check((await opened.run()) as never);
  }
  const seconds: number[][] = [[], ...peers.map(() => [])];
  for (let round = 0; round < rounds; round++) {
    seconds[0].push(await afterPause(() => timeOnce(opened)));
    for (const [at, peer] of peers.entries()) {
      if (round < (peer.job.runs ?? rounds)) seconds[at + 1].push(await afterPause(() => peer.run()));
    }
  }
  return seconds;
}

/** The figures of a case, or why a device that the case needs can't run it. Anything else that fails ends the run. */
async function figuresOrReason(one: FunctionCase): Promise<Figure[]> {
  try {
    return await figuresOfFunction(one);
  } catch (error) {
    if (!(error instanceof FailureError && error.code === 'ENGINE_UNAVAILABLE')) throw error;
    return [{ name: one.name, size: one.size, kind: one.kind, by: 'denscape', failed: error.message }];
  }
}

async function figuresOfFunction(one: FunctionCase): Promise<Figure[]> {
  const missing = await one.unavailable?.();
  if (missing) return [{ name: one.name, size: one.size, kind: one.kind, by: 'denscape', failed: missing }];
  const opened = await one.open();
  const peers: Peer[] = [];
  try {
    const common = { name: one.name, size: one.size, kind: one.kind } as const;
    if (!flags.peers || !opened.peers?.length) {
      const seconds = one.once ? [await timeOnce(opened)] : await timeFunction(one, opened);
      const found = opened.found?.();
      return [{ ...common, by: 'denscape', work: opened.work, found, ...summarize(seconds) }];
    }
    const failed: Figure[] = [];
    for (const job of opened.peers) {
      try {
        peers.push(await openPeer(job));
      } catch (error) {
        // The failure of a peer is reported in the table and does not end the run.
        failed.push({
          ...common,
          by: job.name,
          failed: String(error instanceof Error ? error.message : error),
        });
      }
    }
    const seconds = await timeInTurn(one, opened, peers);
    const own: Figure = {
      ...common,
      by: 'denscape',
      work: opened.work,
      found: opened.found?.(),
      ...summarize(seconds[0]),
    };
    const theirs = peers.map((peer, at): Figure => {
      const times = summarize(seconds[at + 1]);
      return {
        ...common,
        by: peer.job.name,
        atLeast: peer.job.atLeast,
        ...times,
        peakMiB: peer.peakMiB,
        found: peer.found,
      };
    });
    return [own, ...theirs, ...failed];
  } finally {
    for (const peer of peers) peer.close();
    await opened.close?.();
  }
}

async function figuresOfProcess(one: ProcessCase): Promise<Figure[]> {
  const { file, args, env } = await one.command();
  const seconds: number[] = [];
  let peakMiB: number | undefined;
  for (let run = 0; run < (one.runs ?? 3); run++) {
    const result = await runProcess(file, args, env);
    await one.check(result.printed);
    seconds.push(result.seconds);
    peakMiB = result.peakMiB === undefined ? peakMiB : Math.max(peakMiB ?? 0, result.peakMiB);
  }
  const { name, size, kind, atMost } = one;
  return [{ name, size, kind, by: 'denscape', ...summarize(seconds), peakMiB, atMost }];
}

async function runCases(): Promise<Report> {
  const cases = await loadCases();
  if (cases.length === 0) {
    process.stderr.write(`--filter "${flags.filter}": no case has this in its name\n`);
    process.exit(2);
  }
  const figures: Figure[] = [];
  for (const one of cases) {
    process.stderr.write(`${label(one)} … `);
    const found = one.kind === 'function' ? await figuresOrReason(one) : await figuresOfProcess(one);
    figures.push(...found);
    process.stderr.write(
      `${found.map((f) => (f.failed ? 'failed' : `${f.median!.toPrecision(3)} s`)).join(', ')}\n`,
    );
  }
  // Last: it leaves half a gigabyte of garbage.
  const machine = await measureMachine();
  return { date: new Date().toISOString().slice(0, 10), machine, figures };
}

async function joinReports(files: string[]): Promise<Report> {
  const reports = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(file, 'utf8')) as Report),
  );
  return { ...reports[0], figures: reports.flatMap(({ figures }) => figures) };
}

const report = flags.join ? await joinReports(flags.join) : await runCases();
process.stdout.write(`${renderTable(report)}\n${renderQuality(report)}`);
if (flags.json) await writeFile(flags.json, `${JSON.stringify(report, null, 2)}\n`);
if (flags.page) await writeFile(new URL('./RESULTS.md', import.meta.url), renderPage(report));
