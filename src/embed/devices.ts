import { percent } from '../counted.js';
import { FailureError, UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Runtimes } from '../runtime/choose.js';
import { packBatch } from './batches.js';
import { MemoryFailure } from './memory.js';
import { SAMPLES } from './mixing.js';
import type { Device, Provider } from './options.js';
import type { TokenBatch } from './session.js';
import type { HostedSession } from './session-host.js';
import type { TextTokenizer } from './tokenizer.js';

/** Graphics providers by platform, the fastest first: what `auto` tries before the CPU. */
const GPU_PROVIDERS: Partial<Record<NodeJS.Platform, Provider[]>> = {
  linux: ['cuda', 'webgpu'],
  win32: ['dml', 'webgpu'],
  darwin: ['webgpu', 'coreml'],
};

/** Everything that may run here, the processor first. */
export const platformProviders = (hasNative: boolean): Provider[] =>
  hasNative ? ['cpu', 'wasm', ...(GPU_PROVIDERS[process.platform] ?? [])] : ['wasm'];

/** Whether a device or provider computes on a graphics card; `auto` may, and may not. */
export const isGraphics = (device: Device | Provider | undefined): boolean =>
  device !== undefined && device !== 'cpu' && device !== 'wasm' && device !== 'auto';

/** Providers to try, in order, for a device or a list of them. */
function candidatesFor(
  device: Device | Device[],
  isQuantized: boolean,
  runtimes: Runtimes,
): { provider: Provider; isNamed: boolean }[] {
  const named = Array.isArray(device) ? device : [device];
  const candidates = new Map<Provider, boolean>();
  const add = (provider: Provider, isNamed: boolean) => {
    if (!candidates.has(provider)) candidates.set(provider, isNamed);
  };
  const addProcessor = (isNamed: boolean) => {
    if (runtimes.native) add('cpu', isNamed);
    if (runtimes.wasm) add('wasm', isNamed);
  };
  for (const one of named) {
    if (one === 'cpu') addProcessor(true);
    else if (one !== 'auto') add(one, true);
    else {
      // int8 files are made for CPUs: graphics providers lack kernels for most of their operators.
      if (!isQuantized && runtimes.native) {
        for (const provider of GPU_PROVIDERS[process.platform] ?? []) add(provider, false);
      }
      addProcessor(false);
    }
  }
  return [...candidates].map(([provider, isNamed]) => ({ provider, isNamed }));
}

/**
 * Opens a session on the first device that works. A graphics device that `auto` finds must also be faster than the CPU,
 * since a graphics driver may be software. A fallback is said; a single named device that fails is an error.
 */
export async function openDevice(
  device: Device | Device[],
  isQuantized: boolean,
  runtimes: Runtimes,
  open: (provider: Provider) => Promise<HostedSession>,
  tokenizer: TextTokenizer,
  watch: Watch,
): Promise<{ session: HostedSession; provider: Provider }> {
  const failures: string[] = [];
  const say = (message: string, level: 'info' | 'warning') =>
    watch.onProgress?.({ stage: 'embed', level, message });
  let wasNamedRefused = false;
  for (const { provider, isNamed } of candidatesFor(device, isQuantized, runtimes)) {
    watch.signal?.throwIfAborted();
    let session: HostedSession;
    try {
      session = await open(provider);
    } catch (error) {
      // The model's fault, not the device's.
      if (error instanceof UserError) throw error;
      // The machine's memory is what every other way needs as well.
      if (error instanceof MemoryFailure && !isGraphics(provider)) throw error;
      failures.push(`${provider} (${reasonOf(error)})`);
      wasNamedRefused ||= isNamed;
      continue;
    }
    if (isGraphics(provider) && !isNamed) {
      const cpu = await open('cpu');
      const [there, here] = [await timeSample(session, tokenizer), await timeSample(cpu, tokenizer)];
      if (here <= there) {
        await session.close();
        say(
          `Embedding on cpu: ${provider} works but is ${(there / here).toFixed(1)} times slower here`,
          'info',
        );
        return { session: cpu, provider: 'cpu' };
      }
      await cpu.close();
    }
    if (failures.length > 0) {
      say(`Embedding on ${provider}; not on ${failures.join(', ')}`, wasNamedRefused ? 'warning' : 'info');
    }
    if (session.share < 0.5) {
      say(
        `${provider} runs only ${percent(session.share)} of this graph's nodes, the CPU the rest`,
        'warning',
      );
    }
    return { session, provider };
  }
  const isCpuTried = failures.some((failure) => /^(cpu|wasm) /.test(failure));
  throw new FailureError(
    `this model does not run on ${failures.join(', ')}; \`denscape doctor\` tells what this machine has${isCpuTried ? '' : ', and --device cpu runs on any'}`,
    { code: 'ENGINE_UNAVAILABLE', option: 'device' },
  );
}

/** Milliseconds for the samples, the second time: kernels are compiled during the first. */
async function timeSample(session: HostedSession, tokenizer: TextTokenizer): Promise<number> {
  const batch: TokenBatch = packBatch([...SAMPLES, ...SAMPLES].map((text) => tokenizer.encode(text)));
  await session.run(batch);
  return (await session.run(batch)).milliseconds;
}

/** The telling part of a driver's complaint, short enough to print. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // ONNX Runtime puts file, line and function before what happened.
  const tail = message.replace(/^\S+\.(?:cc|cpp|h):\d+ .*?(?:was false\.|\) )/s, '').trim();
  const line = (tail || message).split('\n')[0].trim();
  return line.length > 200 ? `${line.slice(0, 197)}…` : line;
}
