import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pythonEnvironment } from '../../test/helpers/python.js';
import type { PeerJob } from '../case.js';

const REQUIREMENTS = [
  'hdbscan==0.8.44',
  'fast-hdbscan==0.3.4',
  'hdbscan-rs==0.6.1',
  'scikit-learn',
  'umap-learn==0.5.12',
  'faiss-cpu',
  'pynndescent',
  'usearch',
];
const EMBED_REQUIREMENTS = ['onnxruntime==1.30.0', 'tokenizers==0.23.3', 'numpy'];
const QUALITY_REQUIREMENTS = [
  'bertopic==0.17.4',
  'evoc==0.3.1',
  'fast_plscan==0.2.1',
  'umap-learn==0.5.12',
  'scikit-learn',
];
const QUALITY_JOBS = new Set<PeerJob['job']>(['bertopic', 'evoc', 'plscan']);
const HDBSCAN_TS = 'hdbscan-ts@1.0.16';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

interface Reply {
  ready?: boolean;
  seconds?: number;
  peakMiB?: number;
  found?: Record<string, unknown>;
  error?: string;
}

/** A peer that took more than `atMostSeconds`. */
export class TooSlow extends Error {}

/** Another package in a process of its own, warm, with the data in its memory. */
export interface Peer {
  job: PeerJob;
  /** Most memory its process ever had. */
  peakMiB?: number;
  /** What it found last. */
  found?: Record<string, unknown>;
  /** Runs the job once and returns its seconds. */
  run(): Promise<number>;
  close(): void;
}

async function installHdbscanTs(): Promise<string> {
  const folder = here('../../.cache/npm/hdbscan-ts');
  const isThere = await stat(join(folder, 'node_modules', 'hdbscan-ts')).catch(() => undefined);
  if (isThere) return folder;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  await promisify(execFile)('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', HDBSCAN_TS], {
    cwd: folder,
  });
  return folder;
}

async function start(job: PeerJob): Promise<ChildProcessWithoutNullStreams> {
  if (job.job === 'hdbscan-ts') {
    return spawn(process.execPath, [
      '--max-old-space-size=4096',
      '--import',
      'tsx',
      here('hdbscan-ts.ts'),
      await installHdbscanTs(),
    ]);
  }
  if (job.job === 'embed') {
    const { python } = await pythonEnvironment('embed', EMBED_REQUIREMENTS);
    return spawn(python, [here('embed.py')]);
  }
  if (job.job === 'embed-gpu' || job.job === 'neighbors-gpu') {
    // torch for a graphics card is 2.5 GB: it is not installed here, but taken from an environment that has it.
    const script = job.job === 'embed-gpu' ? 'embed_gpu.py' : 'neighbors_gpu.py';
    return spawn(process.env.DENSCAPE_PYTHON ?? 'python3', [here(script)]);
  }
  if (job.job === 'layout-umap-js') {
    return spawn(process.execPath, ['--import', 'tsx', here('layout-umap-js.ts')]);
  }
  if (QUALITY_JOBS.has(job.job)) {
    const { python } = await pythonEnvironment('quality', QUALITY_REQUIREMENTS);
    return spawn(python, [here('quality.py')]);
  }
  const python = process.env.DENSCAPE_PYTHON ?? (await pythonEnvironment('peers', REQUIREMENTS)).python;
  return spawn(python, [here(job.job === 'layout' ? 'layout.py' : 'peers.py')]);
}

/** Starts a peer and waits until it is warm. Rejects where it can't do the job. */
export async function openPeer(job: PeerJob): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), 'denscape-bench-'));
  const saveFile = async (name: string, content: Uint8Array | string) => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  const save = (name: string, { buffer, byteOffset, byteLength }: Float32Array | Int32Array) =>
    saveFile(name, new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength));
  const { points, graph, labels, texts, options } = job;
  const child = await start(job);
  const waiting: ((reply: Reply) => void)[] = [];
  let lastWords = '';
  child.stderr.on('data', (chunk: Buffer) => {
    lastWords = `${lastWords}${chunk}`.slice(-500);
  });
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(JSON.parse(line)));
  child.on('close', (code) => {
    const last = lastWords.trim().split('\n').at(-1);
    for (const resolve of waiting.splice(0)) resolve({ error: `ended with ${code}: ${last}` });
  });
  const ask = async (line: string): Promise<Reply> => {
    const most = job.atMostSeconds;
    const reply = await new Promise<Reply>((resolve, reject) => {
      // Its own processes may outlive it for a while, with its output open: nothing waits for that.
      const giveUp = () => {
        child.kill('SIGKILL');
        reject(new TooSlow(`${job.name}: took more than ${most} s`));
      };
      const end = most === undefined ? undefined : setTimeout(giveUp, most * 1000);
      waiting.push((answer) => {
        clearTimeout(end);
        resolve(answer);
      });
      child.stdin.write(`${line}\n`);
    });
    if (reply.error) throw new Error(`${job.name}: ${reply.error}`);
    return reply;
  };
  const close = () => void child.kill();
  try {
    await ask(
      JSON.stringify({
        job: job.job,
        options: options ?? {},
        ...(points && { points: await save('points.f32', points.data), cols: points.cols }),
        ...(labels && { labels: await save('labels.i32', labels) }),
        ...(texts && { texts: await saveFile('texts.json', JSON.stringify(texts)) }),
        ...(graph && {
          indices: await save('indices.i32', graph.indices),
          distances: await save('distances.f32', graph.distances),
          k: graph.neighbors,
        }),
      }),
    );
  } catch (error) {
    close();
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const peer: Peer = {
    job,
    async run() {
      const { seconds, peakMiB, found } = await ask('run');
      peer.peakMiB = peakMiB;
      peer.found = found && job.describe ? await job.describe(found) : found;
      return seconds!;
    },
    close,
  };
  return peer;
}
