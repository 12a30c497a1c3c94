import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { floatToHalf } from '../binary/halves.js';
import { ElementType, graph, integersTensor, model, node, tensor, valueInfo } from '../binary/onnx.js';
import type { Watch } from '../progress.js';
import type { Runtimes } from '../runtime/choose.js';
import { isGraphics, platformProviders } from './devices.js';
import type { Device, EmbedSettings, Provider } from './options.js';
import { knownModel } from './registry.js';
import { hostSession } from './session-host.js';

/**
 * Whether dtype `auto` means float16 for this model: a graphics card runs it. That is so where the user names one; where the
 * device is left to us, or the CPU is named as well, a card must multiply faster than the CPU, which software drivers
 * don't. A model whose usual file is int8 is one for CPUs, unless a card is named.
 */
export async function takesHalf(
  name: string,
  options: Pick<EmbedSettings, 'device' | 'threads'> & Watch,
  runtimes: Runtimes,
): Promise<boolean> {
  const devices = [options.device].flat();
  if (!runtimes.native || !devices.some((device) => device === 'auto' || isGraphics(device))) return false;
  if (devices.every(isGraphics)) return runsHalf(providerOf(devices[0]), options.signal);
  if (devices.includes('auto') && knownModel(name)?.dtype === 'int8') return false;
  const named = devices.filter(isGraphics).map(providerOf);
  const tried = devices.includes('auto') ? platformProviders(true).filter(isGraphics) : named;
  const fastest = await fastestCard(tried, options.signal);
  return fastest !== undefined && runsHalf(fastest, options.signal);
}

const providerOf = (device: Device): Provider => device.split(':')[0] as Provider;

/** Whether it computes in float16: of WebGPU's adapters some don't, of the others' all do. */
async function runsHalf(provider: Provider, signal?: AbortSignal): Promise<boolean> {
  if (provider !== 'webgpu') return true;
  return Number.isFinite(await timeOf(provider, 'fp16', signal));
}

/** By provider and format, once in a process: milliseconds for the products below; Infinity where it doesn't run. */
const measured = new Map<string, Promise<number>>();

/** The first of the providers that multiplies faster than the CPU. */
async function fastestCard(providers: Provider[], signal?: AbortSignal): Promise<Provider | undefined> {
  const times = await Promise.all(providers.map((provider) => timeOf(provider, 'fp32', signal)));
  if (times.every((time) => time === Infinity)) return undefined;
  const here = await timeOf('cpu', 'fp32', signal);
  return providers.find((_, place) => times[place] < here);
}

type Format = 'fp32' | 'fp16';

function timeOf(provider: Provider, format: Format, signal?: AbortSignal): Promise<number> {
  const key = `${provider} ${format}`;
  const known = measured.get(key);
  if (known) return known;
  const time = measure(provider, format, signal).catch(() => {
    if (signal?.aborted) measured.delete(key);
    return Infinity;
  });
  measured.set(key, time);
  return time;
}

/** Milliseconds for the large products; Infinity where small ones already show that it is no card. In float16 only whether it runs. */
async function measure(provider: Provider, format: Format, signal?: AbortSignal): Promise<number> {
  const small = await timeProducts(provider, format, SMALL, signal);
  if (format === 'fp16') return small;
  return small > NO_CARD && isGraphics(provider) ? Infinity : timeProducts(provider, format, LARGE, signal);
}

async function timeProducts(
  provider: Provider,
  format: Format,
  size: Size,
  signal?: AbortSignal,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'denscape-card-'));
  try {
    const file = join(folder, 'products.onnx');
    await writeFile(file, productsGraph(format, size));
    const session = await hostSession({ file, provider, threads: 0, pooling: 'cls', padId: 0 }, signal);
    try {
      const batch = { ids: new Int32Array(size.tokens).fill(1), lengths: Int32Array.of(size.tokens) };
      await session.run(batch); // compiles its kernels
      const first = (await session.run(batch)).milliseconds;
      return Math.min(first, (await session.run(batch)).milliseconds);
    } finally {
      await session.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Size {
  tokens: number;
  width: number;
  layers: number;
}
/** 8 million multiplications: a millisecond or two for a card, a tenth of a second for a driver in software. */
const SMALL: Size = { tokens: 128, width: 256, layers: 1 };
/** 4 billion multiplications, some hundredths of a second for a CPU. */
const LARGE: Size = { tokens: 512, width: 1024, layers: 8 };
/** Milliseconds for the small products. */
const NO_CARD = 20;

/** `last_hidden_state = input_ids × row × square × square × …`: products as large as those of a small encoder. */
function productsGraph(format: Format, { width, layers }: Size): Buffer {
  const { float, float16, int64 } = ElementType;
  const type = format === 'fp16' ? float16 : float;
  const numbers = (name: string, dimensions: [number, number], value: number) => {
    const count = dimensions[0] * dimensions[1];
    const values =
      format === 'fp16'
        ? new Uint16Array(count).fill(floatToHalf(value))
        : new Float32Array(count).fill(value);
    return tensor(name, type, dimensions, new Uint8Array(values.buffer));
  };
  const products = Array.from({ length: layers }, (_, at) =>
    node('MatMul', [`x${at}`, 'square'], [at === layers - 1 ? 'last_hidden_state' : `x${at + 1}`]),
  );
  const content = graph({
    name: 'products',
    nodes: [
      node('Cast', ['input_ids'], ['float'], { to: type }),
      node('Unsqueeze', ['float', 'axis'], ['column']),
      node('MatMul', ['column', 'row'], ['x0']),
      ...products,
    ],
    initializers: [
      integersTensor('axis', [2]),
      numbers('row', [1, width], 1),
      numbers('square', [width, width], 1 / width),
    ],
    inputs: [valueInfo('input_ids', int64, ['rows', 'tokens'])],
    outputs: [valueInfo('last_hidden_state', type, ['rows', 'tokens', width])],
  });
  return model(content, { '': 17 });
}
