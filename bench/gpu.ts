// npm run bench:gpu -- [--peers] [--seconds 230] [--json FILE]
//   A whole check of a graphics card in one command: every `gpu/` case, each in a process of its own, so that a crash or a hang of a
//   driver ends that one only. What fails, and why, is in the table, and the next one follows. The most telling ones come first;
//   what there is no time for is left out and named.
//   --peers    sentence-transformers and torch in turn, from the Python that DENSCAPE_PYTHON names
//   --seconds  for everything (230)
//   --json     a file for the figures, which `npm run bench -- --join` prints again
// DENSCAPE_GPU_SMALL=1 shrinks all cases, to try the script on a software driver, and DENSCAPE_GPU_AS=webgpu
// those of neighbours for CUDA too; DENSCAPE_GPU_ROWS=300000 is the largest fit.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { BenchCase } from './case.js';
import { cases as embedding } from './cases/gpu.js';
import { cases as neighbors } from './cases/gpu-neighbors.js';
import { figuresOf, label } from './figures.js';
import { renderTable } from './page.js';
import type { Figure } from './report.js';

const { values: flags } = parseArgs({
  options: {
    peers: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '230' },
    json: { type: 'string' },
    only: { type: 'string' },
    to: { type: 'string' },
  },
});

/** The order of importance: `[case, seconds that it takes at least on a card]`. */
const planned: [BenchCase, number][] = [
  [neighbors[0], 5],
  [neighbors[2], 8],
  [embedding[0], 25],
  [neighbors[1], 8],
  [embedding[1], 15],
  [embedding[3], 8],
  [embedding[2], 8],
  [embedding[4], 10],
  [neighbors[4], 8],
  [neighbors[3], 30],
  [embedding[5], 8],
  [embedding[6], 40],
  [neighbors[5], 60],
];

/** Seconds after which a case is ended; the last one, which is the largest, has all that is left. */
const MOST_SECONDS = 120;

/** Runs one case here and writes its figures: what the process of a case does. */
async function runOne(name: string, file: string): Promise<void> {
  const [place] = name.split(' ', 1);
  const one = planned[Number(place)][0];
  await writeFile(file, JSON.stringify(await figuresOf(one, { peers: flags.peers, quick: false })));
}

/** Runs a case in a process of its own; its figures, or why there are none. */
async function runApart(place: number, one: BenchCase, folder: string, seconds: number): Promise<Figure[]> {
  const file = join(folder, `${place}.json`);
  const args = ['--import', 'tsx', '--max-old-space-size=16384', fileURLToPath(import.meta.url)];
  const child = spawn(
    process.execPath,
    [...args, '--only', `${place} ${label(one)}`, '--to', file, ...(flags.peers ? ['--peers'] : [])],
    // A group of its own, so that what it starts ends with it.
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  let lastWords = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastWords = `${lastWords}${text}`.slice(-4000);
  });
  let isLate = false;
  const limit = setTimeout(() => {
    isLate = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, seconds * 1000);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.on('close', (...ended) => resolve(ended));
  });
  clearTimeout(limit);
  const figures = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Figure[],
    () => undefined,
  );
  if (figures && code === 0) return figures;
  const reason = lastWords.split('\n').find((line) => /Error|error|failed/.test(line)) ?? lastWords.trim();
  const failed = isLate
    ? `ended after ${Math.round(seconds)} s`
    : `ended with ${signal ?? code}: ${reason.slice(0, 300).trim()}`;
  return [...(figures ?? []), { name: one.name, size: one.size, kind: one.kind, by: 'denscape', failed }];
}

async function runAll(): Promise<void> {
  const end = performance.now() + Number(flags.seconds) * 1000;
  const folder = await mkdtemp(join(tmpdir(), 'denscape-gpu-'));
  const figures: Figure[] = [];
  for (const [place, [one, least]] of planned.entries()) {
    const left = (end - performance.now()) / 1000;
    process.stderr.write(`${label(one)} … `);
    const { name, size, kind } = one;
    const found =
      left < least
        ? [
            {
              name,
              size,
              kind,
              by: 'denscape',
              failed: `left out: ${Math.round(left)} of ${flags.seconds} s were left`,
            },
          ]
        : await runApart(
            place,
            one,
            folder,
            place < planned.length - 1 ? Math.min(left, MOST_SECONDS) : left,
          );
    figures.push(...found);
    const said = found.map(({ by, failed, median = 0, found: what }) =>
      failed ? `${by}: FAILED: ${failed}` : `${by}: ${median.toPrecision(3)} s ${JSON.stringify(what ?? {})}`,
    );
    process.stderr.write(`${said.join('; ')}\n`);
    // After every case, so that what was found is not lost with the machine.
    if (flags.json) await writeFile(flags.json, `${JSON.stringify(reportOf(figures), null, 2)}\n`);
  }
  process.stdout.write(`${renderTable(reportOf(figures))}\n`);
  await rm(folder, { recursive: true, force: true });
}

/** Without measuring the machine's processor, which takes seconds and is of no interest here. */
function reportOf(figures: Figure[]) {
  const machine = {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    limits: { wasmGflops: 0, onnxGflops: 0, copyGBs: 0 },
  };
  return { date: new Date().toISOString().slice(0, 10), machine, figures };
}

if (flags.only !== undefined && flags.to !== undefined) await runOne(flags.only, flags.to);
else await runAll();
