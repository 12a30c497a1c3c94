import { GRAPHICS_PROVIDERS } from '../runtime/providers.js';
import type { Matrix } from '../shapes.js';
import { openBrute } from './brute.js';
import { describeSeconds, describeSize, type Situation, wasmSeconds } from './choose.js';
import type { DeviceChoice } from './device-choice.js';
import { loadNative } from './native.js';
import type { Searcher, SearcherOptions } from './searcher.js';

/** A device takes some seconds to open, to be sent the columns and to be measured. */
const WORTH_A_DEVICE = 2;

/** Device `auto`: the platform's graphics cards. */
export const autoDevices = (): DeviceChoice => ({
  names: GRAPHICS_PROVIDERS[globalThis.process?.platform] ?? [],
  fromSeconds: WORTH_A_DEVICE,
  isMeasured: true,
});

/** Multiplications of the sample that the processor is measured on. */
const SAMPLE_WORK = 6e9;

/** How many times slower this machine searches a sample than estimates say. */
async function measureSlowness(points: Matrix, threads: number, options: SearcherOptions): Promise<number> {
  const { cols } = points;
  const rows = Math.min(points.rows, Math.max(256, Math.floor(Math.sqrt(SAMPLE_WORK / cols))));
  const sample = { data: points.data.subarray(0, rows * cols), rows, cols };
  const searcher = await openBrute(sample, { threads });
  try {
    const { neighbors = 16, signal } = options;
    // Threads start and code is compiled in the first search.
    await searcher.search(neighbors, { signal });
    const start = performance.now();
    await searcher.search(neighbors, { signal });
    return (performance.now() - start) / 1000 / wasmSeconds({ rows, cols, threads });
  } finally {
    searcher.close();
  }
}

/** Why a device can't be used, tried in a process of its own. The name is a variable for bundlers: see `loadNative`. */
async function triedApart(name: string, signal?: AbortSignal): Promise<string | undefined> {
  const file = '../neighbors/device-trial.js';
  const { tryDevice } = await import(/* @vite-ignore */ /* webpackIgnore: true */ file);
  return tryDevice(name, signal);
}

/**
 * Opens the first of the devices that works and is worth it; undefined where none is. What was chosen is said.
 * @param secondsHere estimates the seconds that the processor needs, on a machine so many times slower than the one of the estimates
 */
export async function openPreferred(
  points: Matrix,
  { names, fromSeconds, isMeasured }: DeviceChoice,
  options: SearcherOptions,
  situation: Situation,
  secondsHere: (slowness: number) => number,
): Promise<Searcher | undefined> {
  const { signal, onProgress } = options;
  if (names.length === 0 || secondsHere(1) < fromSeconds) return undefined;
  const say = (message: string, level: 'info' | 'warning' | 'debug') =>
    onProgress?.({ stage: 'neighbors', level, message });
  const size = describeSize(points.rows, points.cols);
  const failures: string[] = [];
  for (const name of names) {
    signal?.throwIfAborted();
    try {
      // A card that only may be there: see device-trial.ts.
      const reason = isMeasured ? await triedApart(name, signal) : undefined;
      if (reason !== undefined) {
        failures.push(reason);
        continue;
      }
      const ort = await loadNative('onnxruntime-node');
      const [{ deviceOf }, { openOnDevice }] = await Promise.all([
        import('./device-session.js'),
        import('./on-device.js'),
      ]);
      const searcher = await openOnDevice(points, ort, deviceOf(name), options);
      if (!isMeasured) {
        say(`Neighbours of ${size} vectors are searched on ${name}`, 'info');
        return searcher;
      }
      try {
        const there = await searcher.estimate(options.neighbors ?? 16, { signal });
        const here = secondsHere(await measureSlowness(points, situation.threads, options));
        const times = `${describeSeconds(there)} there, ${describeSeconds(here)} on the CPU, by a sample`;
        if (there < here) {
          say(`Neighbours of ${size} vectors are searched on ${name}: ${times}`, 'info');
          return searcher;
        }
        say(`Neighbours of ${size} vectors are searched on the CPU, not on ${name}: ${times}`, 'info');
        searcher.close();
        return undefined;
      } catch (error) {
        searcher.close();
        throw error;
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  say(
    `Neighbours of ${size} vectors are searched on the CPU: ${failures.join('; ')}`,
    isMeasured ? 'debug' : 'warning',
  );
  return undefined;
}
