import { percent } from '../counted.js';
import { FailureError, UserError } from '../errors.js';
import type { Device, PlainDevice } from '../options/embed.js';
import type { Watch } from '../progress.js';
import type { Runtimes } from '../runtime/choose.js';
import { GRAPHICS_PROVIDERS } from '../runtime/providers.js';
import { packBatch } from './batches.js';
import { MemoryFailure } from './memory.js';
import { SAMPLES } from './mixing.js';
import type { Provider } from './options.js';
import type { TokenBatch } from './session.js';
import type { HostedSession } from './session-host.js';
import type { TextTokenizer } from './tokenizer.js';

/** Everything that may run here, the processor first. */
export const platformProviders = (hasNative: boolean): Provider[] =>
  hasNative ? ['cpu', 'wasm', ...(GRAPHICS_PROVIDERS[process.platform] ?? [])] : ['wasm'];

/** Whether a device or provider computes on a graphics card; `auto` may, and may not. */
export const isGraphics = (device: Device | Provider | undefined): boolean =>
  device !== undefined && device !== 'cpu' && device !== 'wasm' && device !== 'auto';

/** A provider to try, on the cards with these numbers; undefined for the one that it takes by itself. */
interface Candidate {
  provider: Provider;
  cards: (number | undefined)[];
  /** Whether the user named it. */
  isNamed: boolean;
}

/** What to try, in order, for a device or a list of them. Numbered cards that follow each other are used together. */
function candidatesFor(device: Device | Device[], isQuantized: boolean, runtimes: Runtimes): Candidate[] {
  const named = Array.isArray(device) ? device : [device];
  const candidates: Candidate[] = [];
  const add = (provider: Provider, isNamed: boolean) => {
    if (!candidates.some((one) => one.provider === provider && one.cards[0] === undefined)) {
      candidates.push({ provider, cards: [undefined], isNamed });
    }
  };
  const addProcessor = (isNamed: boolean) => {
    if (runtimes.native) add('cpu', isNamed);
    if (runtimes.wasm) add('wasm', isNamed);
  };
  for (const one of named) {
    const [provider, number] = one.split(':') as [PlainDevice, string | undefined];
    if (provider === 'cpu') addProcessor(true);
    else if (provider === 'auto') {
      // int8 files are made for CPUs: graphics providers lack kernels for most of their operators.
      if (!isQuantized && runtimes.native) {
        for (const other of GRAPHICS_PROVIDERS[process.platform] ?? []) add(other, false);
      }
      addProcessor(false);
    } else if (number === undefined) add(provider, true);
    else {
      const card = Number(number);
      const last = candidates.at(-1);
      if (last?.provider !== provider || last.cards[0] === undefined) {
        candidates.push({ provider, cards: [card], isNamed: true });
      } else if (!last.cards.includes(card)) last.cards.push(card);
    }
  }
  return candidates;
}

/** `cuda:1`, as the user writes it. */
const nameOf = (provider: Provider, card: number | undefined): string =>
  card === undefined ? provider : `${provider}:${card}`;

/**
 * Opens a session on each card of the first candidate that works. A graphics device that `auto` finds must also be faster than
 * the CPU, since a graphics driver may be software. A fallback is said, and of several cards one that fails; a single
 * named device that fails is an error.
 */
export async function openDevice(
  device: Device | Device[],
  isQuantized: boolean,
  runtimes: Runtimes,
  open: (provider: Provider, card?: number) => Promise<HostedSession>,
  tokenizer: TextTokenizer,
  watch: Watch,
): Promise<{ sessions: HostedSession[]; provider: Provider }> {
  const failures: string[] = [];
  const say = (message: string, level: 'info' | 'warning') =>
    watch.onProgress?.({ stage: 'embed', level, message });
  let wasNamedRefused = false;
  for (const { provider, cards, isNamed } of candidatesFor(device, isQuantized, runtimes)) {
    watch.signal?.throwIfAborted();
    const sessions: HostedSession[] = [];
    const settled = await Promise.allSettled(cards.map((card) => open(provider, card)));
    settled.forEach((one, place) => {
      if (one.status === 'fulfilled') {
        sessions.push(one.value);
        return;
      }
      const error: unknown = one.reason;
      // The model's fault, not the device's.
      if (error instanceof UserError) throw error;
      // The machine's memory is what every other way needs as well.
      if (error instanceof MemoryFailure && !isGraphics(provider)) throw error;
      failures.push(`${nameOf(provider, cards[place])} (${reasonOf(error)})`);
      wasNamedRefused ||= isNamed;
    });
    const [session] = sessions;
    if (session === undefined) continue;
    if (isGraphics(provider) && !isNamed) {
      const cpu = await open('cpu');
      const [there, here] = [await timeSample(session, tokenizer), await timeSample(cpu, tokenizer)];
      if (here <= there) {
        await session.close();
        say(
          `Embedding on cpu: ${provider} works but is ${(there / here).toFixed(1)} times slower here`,
          'info',
        );
        return { sessions: [cpu], provider: 'cpu' };
      }
      await cpu.close();
    }
    if (failures.length > 0) {
      const working = cards.filter((_, place) => settled[place].status === 'fulfilled');
      const names = working.map((card) => nameOf(provider, card)).join(' and ');
      say(`Embedding on ${names}; not on ${failures.join(', ')}`, wasNamedRefused ? 'warning' : 'info');
    }
    if (session.share < 0.5) {
      say(
        `${provider} runs only ${percent(session.share)} of this graph's nodes, the CPU the rest`,
        'warning',
      );
    }
    return { sessions, provider };
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
