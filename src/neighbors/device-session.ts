import type { InferenceSession } from 'onnxruntime-node';
import { ElementType, graph, model, node, valueInfo } from '../binary/onnx.js';
import { FailureError, UserError } from '../errors.js';
import { cores } from '../wasm/thread.js';
import type { NativePackages } from './native.js';

type Ort = Pick<NativePackages['onnxruntime-node'], 'InferenceSession' | 'Tensor' | 'listSupportedBackends'>;

export type { Ort as DeviceOrt };

/** Providers of ONNX Runtime, and the relative error of their products beyond float32's. */
const PROVIDERS: Record<string, { error: number }> = {
  cpu: { error: 0 },
  cuda: { error: 0 },
  webgpu: { error: 0 },
  dml: { error: 0 },
  // May multiply in half precision.
  coreml: { error: 2 ** -8 },
};

/** A device of the options: its provider, and its number where one is named. */
export interface Device {
  name: string;
  provider: string;
  card?: number;
  /** Relative error of products beyond float32's. */
  error: number;
}

/** `cuda`, or `cuda:1`. @throws UserError for a device that there isn't */
export function deviceOf(name: string): Device {
  const [provider, number] = name.split(':');
  const hasNumber = number !== undefined;
  const isNumbered = /^\d{1,3}$/.test(number ?? '') && (provider === 'cuda' || provider === 'dml');
  if (!Object.hasOwn(PROVIDERS, provider) || (hasNumber && !isNumbered)) {
    const known = Object.keys(PROVIDERS).join(', ');
    throw new UserError(`device "${name}": must be one of ${known}; cuda and dml take a number, as cuda:1`, {
      code: 'OPTION_INVALID',
      option: 'device',
    });
  }
  return { name, provider, card: hasNumber ? Number(number) : undefined, ...PROVIDERS[provider] };
}

/** @throws FailureError where the runtime was built without the device: it would use the processor and report nothing */
function requireProvider(ort: Ort, { name, provider }: Device): void {
  if (ort.listSupportedBackends().some((backend) => backend.name === provider)) return;
  throw new FailureError(
    `neighbours on device "${name}": onnxruntime-node has no ${provider} on ${process.platform}-${process.arch}; use the device "cpu"`,
    { code: 'ENGINE_UNAVAILABLE', option: 'device' },
  );
}

/** Opens a graph on a device. @throws FailureError where the runtime lacks the device, or it doesn't work */
export async function openDeviceSession(
  ort: Ort,
  bytes: Uint8Array,
  device: Device,
  threads = cores(),
): Promise<InferenceSession> {
  const { name, provider, card } = device;
  requireProvider(ort, device);
  const named = { name: provider, ...(card !== undefined && { deviceId: card }) };
  return ort.InferenceSession.create(bytes, {
    executionProviders: [named as InferenceSession.ExecutionProviderConfig, 'cpu'],
    // Optimizations would read all columns again, and find nothing to do.
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: threads,
    // Plans memory for every new number of rows and keeps it.
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: { session: { use_device_allocator_for_initializers: '1' } },
  }).catch((reason: Error) => {
    throw new FailureError(
      `neighbours on device "${name}": ${reason.message.split('\n')[0]}; use the device "cpu"`,
      { code: 'ENGINE_UNAVAILABLE', option: 'device', cause: reason },
    );
  });
}

/**
 * Makes CUDA multiply in full float32 until the returned function is called. By default ONNX Runtime lets it round to TF32, 10 bits
 * of 24, and its binding for Node has no option for that; NVIDIA's libraries follow this variable, which each of their handles may
 * read when it is made.
 */
export function fullPrecision(): () => void {
  if (users === 0) before = process.env[TF32];
  users++;
  process.env[TF32] = '0';
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    users--;
    if (users > 0) return;
    if (before === undefined) delete process.env[TF32];
    else process.env[TF32] = before;
  };
}
const TF32 = 'NVIDIA_TF32_OVERRIDE';
/** Searches that are open now, and the variable's value before the first of them. */
let users = 0;
let before: string | undefined;

/** Rows and columns of the products that are tried: enough for the kernels that large ones have. */
const TRIED_ROWS = 64;
const TRIED_COLUMNS = 512;
/** How many numbers of a row are not zero: roundings of many numbers would cancel each other out. */
const TRIED_NUMBERS = 8;
/** What is coarser than bfloat16 would leave hardly a row certain. */
const COARSEST = 2 ** -7;

/**
 * The relative error of a device's products beyond that of float32 sums, measured: drivers and libraries decide whether a product
 * of float32 is one. 0 where it is, and about 2⁻⁸ of TF32. @throws FailureError where it is coarser than bfloat16's
 */
export function deviceError(ort: Ort, device: Device, cols: number): Promise<number> {
  const known = measured.get(ort) ?? new Map<string, Promise<number>>();
  measured.set(ort, known);
  const error = known.get(device.name) ?? measureError(ort, device, cols);
  known.set(device.name, error);
  // A device that was not there may be there later.
  error.catch(() => known.delete(device.name));
  return error;
}
/** By runtime and device, measured once in a process. */
const measured = new WeakMap<Ort, Map<string, Promise<number>>>();

async function measureError(ort: Ort, device: Device, cols: number): Promise<number> {
  const used = Math.min(cols, TRIED_NUMBERS);
  // More than eleven bits in every number, of both signs.
  const numbers = (count: number, seed: number) =>
    Float32Array.from({ length: count * cols }, (_, at) =>
      at % cols < used ? Math.sin(at * 0.7390851 + seed) : 0,
    );
  const [rows, columns] = [numbers(TRIED_ROWS, 1), numbers(TRIED_COLUMNS, 2)];
  const session = await openDeviceSession(ort, productGraph(), device);
  let worst = 0;
  try {
    const a = new ort.Tensor('float32', rows, [TRIED_ROWS, cols]);
    const b = new ort.Tensor('float32', columns, [TRIED_COLUMNS, cols]);
    const products = (await session.run({ a, b })).products.data as Float32Array;
    for (let row = 0; row < TRIED_ROWS; row++) {
      for (let column = 0; column < TRIED_COLUMNS; column++) {
        let product = 0;
        let size = 0;
        for (let t = 0; t < used; t++) {
          const one = rows[row * cols + t] * columns[column * cols + t];
          product += one;
          size += Math.abs(one);
        }
        worst = Math.max(worst, Math.abs(products[row * TRIED_COLUMNS + column] - product) / size);
      }
    }
  } finally {
    await session.release();
  }
  // A sum of so many float32 products in any order errs by no more.
  if (worst <= (used + 8) * 2 ** -24) return device.error;
  // The largest error possible is less than eight times the largest of 32,768 that were seen; norms may be rounded as well.
  if (worst <= COARSEST) return Math.max(device.error, 2 ** Math.ceil(Math.log2(8 * worst)));
  throw new FailureError(
    `neighbours on device "${device.name}": its products are wrong by ${worst.toExponential(1)} of themselves; use the device "cpu"`,
    { code: 'ENGINE_UNAVAILABLE', option: 'device' },
  );
}

/** `products = a · bᵀ`, by the operator that the search uses. */
function productGraph(): Uint8Array {
  const { float } = ElementType;
  const content = graph({
    name: 'products',
    nodes: [node('Gemm', ['a', 'b'], ['products'], { transB: 1 })],
    inputs: [valueInfo('a', float, ['m', 'd']), valueInfo('b', float, ['n', 'd'])],
    outputs: [valueInfo('products', float, ['m', 'n'])],
  });
  return model(content, { '': 17 });
}
