import { setTimeout as sleep } from 'node:timers/promises';
import { Bench } from 'tinybench';
import { FailureError } from '../src/errors.js';
import type { BenchCase, FunctionCase, Opened, PeerJob, ProcessCase } from './case.js';
import { openPeer, type Peer, TooSlow } from './peers/peer.js';
import { runProcess } from './process.js';
import { type Figure, summarize } from './report.js';

export interface Timing {
  /** Whether peers are timed as well, and only those with this in their name. */
  peers: boolean;
  peer?: string;
  /** A tenth of a second a case in place of half a second. */
  quick: boolean;
}

/** `neighbors/wasm 7600x384 k50`, what `--filter` looks in. */
export function label({ name, size }: BenchCase): string {
  const cols = size.cols === undefined ? '' : `x${size.cols}`;
  return `${name} ${size.rows}${cols}${size.k === undefined ? '' : ` k${size.k}`}`;
}

/** The figures of a case: denscape's first, then those of its peers. */
export const figuresOf = (one: BenchCase, timing: Timing): Promise<Figure[]> =>
  one.kind === 'function' ? figuresOrReason(one, timing) : figuresOfProcess(one);

/** Times a function alone: tinybench warms up and repeats; the result of every round is checked. */
async function timeFunction(one: FunctionCase, opened: Opened, { quick }: Timing): Promise<number[]> {
  const runs = one.runs ?? 5;
  const bench = new Bench({
    iterations: runs,
    time: quick ? 100 : 500,
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
async function timeInTurn(one: FunctionCase, opened: Opened, peers: TimedPeer[]): Promise<number[]> {
  const rounds = one.runs ?? 5;
  // JIT compilers need a few calls; peers are warm already.
  const warm = performance.now() + WARM_UP;
  for (let call = 0; call < WARM_CALLS && (call === 0 || performance.now() < warm); call++) {
    await opened.check((await opened.run()) as never);
  }
  for (const peer of peers) await peer.open();
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    seconds.push(await afterPause(() => timeOnce(opened)));
    for (const peer of peers) if (round < (peer.job.runs ?? rounds)) await peer.run(afterPause);
  }
  return seconds;
}

/** The same with a single run of each; a peer is only started when its turn comes, so that one at a time holds the data. */
async function timeOnceEach(opened: Opened, peers: TimedPeer[]): Promise<number[]> {
  const seconds = [await timeOnce(opened)];
  for (const peer of peers) {
    await peer.open();
    await peer.run((work) => work());
    peer.close();
  }
  return seconds;
}

/** Cases and peers, `name by`, that took longer than their time: they are not tried on more rows. */
const tooSlow = new Map<string, number>();

/** A peer with its times. Where it fails, the table says why, and the run goes on. */
class TimedPeer {
  private readonly seconds: number[] = [];
  private peer?: Peer;
  private failed?: string;

  constructor(
    private readonly one: FunctionCase,
    readonly job: PeerJob,
  ) {}

  async open(): Promise<void> {
    const rows = tooSlow.get(this.key);
    if (rows !== undefined && rows < this.one.size.rows) {
      this.failed = `not tried: ${rows} rows took more than ${this.job.atMostSeconds} s`;
      return;
    }
    await this.attempt(async () => {
      this.peer = await openPeer(this.job);
    });
  }

  async run(timed: (run: () => Promise<number>) => Promise<number>): Promise<void> {
    const { peer } = this;
    if (peer) await this.attempt(async () => void this.seconds.push(await timed(() => peer.run())));
  }

  close(): void {
    this.peer?.close();
  }

  figure(): Figure {
    const { name, size, kind } = this.one;
    const { name: by, atLeast } = this.job;
    if (this.failed !== undefined) return { name, size, kind, by, failed: this.failed };
    const { peakMiB, found } = this.peer ?? {};
    return { name, size, kind, by, atLeast, ...summarize(this.seconds), peakMiB, found };
  }

  private get key(): string {
    return `${this.one.name} ${this.job.name}`;
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    if (this.failed !== undefined) return;
    try {
      await work();
    } catch (error) {
      if (error instanceof TooSlow) tooSlow.set(this.key, this.one.size.rows);
      this.failed = error instanceof Error ? error.message : String(error);
    }
  }
}

/** The figures of a case, or why a device that the case needs can't run it. Anything else that fails ends the run. */
async function figuresOrReason(one: FunctionCase, timing: Timing): Promise<Figure[]> {
  try {
    return await figuresOfFunction(one, timing);
  } catch (error) {
    if (!(error instanceof FailureError && error.code === 'ENGINE_UNAVAILABLE')) throw error;
    return [{ name: one.name, size: one.size, kind: one.kind, by: 'denscape', failed: error.message }];
  }
}

async function figuresOfFunction(one: FunctionCase, timing: Timing): Promise<Figure[]> {
  const missing = await one.unavailable?.();
  if (missing) return [{ name: one.name, size: one.size, kind: one.kind, by: 'denscape', failed: missing }];
  const opened = await one.open();
  const jobs = ((timing.peers && opened.peers) || []).filter(({ name }) => name.includes(timing.peer ?? ''));
  const peers = jobs.map((job) => new TimedPeer(one, job));
  try {
    const seconds = one.once
      ? await timeOnceEach(opened, peers)
      : await (peers.length > 0 ? timeInTurn(one, opened, peers) : timeFunction(one, opened, timing));
    const { name, size, kind } = one;
    const { work } = opened;
    const [found, peakMiB] = [opened.found?.(), opened.peakMiB?.()];
    const own: Figure = { name, size, kind, by: 'denscape', work, peakMiB, found, ...summarize(seconds) };
    return [own, ...peers.map((peer) => peer.figure())];
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
