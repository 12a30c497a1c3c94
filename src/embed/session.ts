import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { ElementType } from '../binary/onnx.js';
import { FailureError, UserError } from '../errors.js';
import { NATIVE_MISSING } from '../runtime/choose.js';
import { loadNativeOrt, loadWasmOrt, type Ort } from '../runtime/load.js';
import { findNative } from '../runtime/native.js';
import { isOutOfMemory } from '../runtime/out-of-memory.js';
import type { SparseRows } from '../shapes.js';
import { type LexicalSpec, lexicalRows } from './lexical.js';
import { externalFiles } from './onnx-file.js';
import type { Pooling, Provider } from './options.js';
import { chooseOutput } from './outputs.js';
import { POOLED, pooledGraph, poolInputs } from './pooled-graph.js';
import { poolRows } from './pooling.js';

/** What a session is opened with; plain data, since it travels to a child process. */
export interface SessionSpec {
  /** Path of the graph; weights in files of their own are in the same folder. */
  file: string;
  provider: Provider;
  /** Number of the graphics card; left out, the one that the provider takes by itself. */
  card?: number;
  threads: number;
  pooling: Pooling;
  padId: number;
  /** Where the graph has lexical weights, if they are wanted. */
  lexical?: LexicalSpec;
  /**
   * Whether the graph pools, so that one vector a row comes back instead of one a token. Default: on everything but the CPU,
   * where nothing is copied anyway and every bit stays what it was.
   */
  poolsInside?: boolean;
}

/** A batch: `ids` holds the rows' tokens one after another, `lengths` how many each row has. */
export interface TokenBatch {
  ids: Int32Array;
  lengths: Int32Array;
  /** Tokens that every row is padded to. Default: those of the longest. */
  width?: number;
}

/** What a session made of a batch. */
export interface BatchVectors {
  /** One vector of unit length a row. */
  vectors: Float32Array;
  /** Lexical weights of each row, where the session was opened for them. */
  lexical?: SparseRows;
}

export interface TextSession {
  /** Share of the graph's nodes that really ran on the provider, 0 to 1; measured, not assumed, but for `cpu`. */
  share: number;
  run(batch: TokenBatch): Promise<BatchVectors>;
  release(): Promise<void>;
}

/** ONNX Runtime's options for a provider. WebAssembly has its threads from when it is loaded. */
function sessionOptions({ provider, card, threads }: SessionSpec): InferenceSession.SessionOptions {
  const chosen = card === undefined ? provider : { name: provider, deviceId: card };
  return {
    executionProviders: provider === 'cpu' || provider === 'wasm' ? [provider] : [chosen, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // Plans memory for every new shape and keeps it: grows without end over batches of many lengths.
    enableMemPattern: false,
    logSeverityLevel: 3,
  };
}

const INPUTS = ['input_ids', 'attention_mask', 'token_type_ids', 'position_ids'];

export async function openSession(spec: SessionSpec): Promise<TextSession> {
  return spec.provider === 'wasm' ? openInWasm(spec) : openNative(spec);
}

/**
 * In WebAssembly, which has no files: the graph and its weights are read here. That the weights lie inside the model's
 * folder was checked when the model was opened.
 */
async function openInWasm(spec: SessionSpec): Promise<TextSession> {
  const ort = await loadWasmOrt(spec.threads);
  const weights = await externalFiles(spec.file);
  const externalData = await Promise.all(
    weights.map(async (path) => ({ path, data: await readLarge(join(dirname(spec.file), path)) })),
  );
  const options = { ...sessionOptions(spec), externalData };
  const session = await ort.InferenceSession.create(await readLarge(spec.file), options);
  return { share: 1, run: runOf(ort, session, spec, false), release: () => session.release() };
}

/** A whole file, also one above 2 GiB, which `readFile` refuses. */
async function readLarge(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(bytes, at, Math.min(size - at, 1 << 28), at);
      if (bytesRead === 0)
        throw new FailureError(`${path} became shorter while it was read`, {
          code: 'MODEL_INVALID',
          option: 'model',
          file: path,
        });
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

async function openNative(spec: SessionSpec): Promise<TextSession> {
  const native = findNative();
  if (!native) throw new FailureError(NATIVE_MISSING, { code: 'ENGINE_UNAVAILABLE', option: 'device' });
  const ort = await loadNativeOrt(native.main);
  // Where a provider is requested that it was built without, ONNX Runtime uses the CPU and reports nothing.
  if (!ort.listSupportedBackends().some(({ name }) => name === spec.provider)) {
    throw new FailureError(
      `onnxruntime-node has no ${spec.provider} on ${process.platform}-${process.arch}`,
      { code: 'MODEL_INVALID', option: 'model', file: spec.file },
    );
  }
  const isCpu = spec.provider === 'cpu';
  // A graph that pools has one output, the pooled vectors.
  if (spec.lexical || !(spec.poolsInside ?? !isCpu)) return openGraph(ort, spec, undefined);
  const pooled = await pooledGraph(spec.file, spec.pooling);
  if (!pooled) return openGraph(ort, spec, undefined);
  try {
    return await openGraph(ort, spec, pooled);
  } catch (error) {
    if (isOutOfMemory(String(error))) throw error;
    // Whether that was the reason is seen by opening the graph without its pooling.
    return openGraph(ort, spec, undefined);
  }
}

/** Opens the file, or instead of it `pooled`: the same graph with pooling behind it. */
async function openGraph(ort: Ort, spec: SessionSpec, pooled: Buffer | undefined): Promise<TextSession> {
  const options = sessionOptions(spec);
  // A graph in memory has no folder, where its weights are looked for.
  if (pooled)
    options.extra = { session: { model_external_initializers_file_folder_path: dirname(spec.file) } };
  // A graphics provider leaves what it cannot do to the CPU without a word, so its first run is profiled.
  const profile = spec.provider === 'cpu' ? undefined : await mkdtemp(join(tmpdir(), 'denscape-profile-'));
  try {
    if (profile) Object.assign(options, { enableProfiling: true, profileFilePrefix: join(profile, 'run') });
    const session = await (pooled
      ? ort.InferenceSession.create(pooled, options)
      : ort.InferenceSession.create(spec.file, options));
    const run = runOf(ort, session, spec, pooled !== undefined);
    let share = 1;
    if (profile) {
      await run({ ids: new Int32Array(8).fill(spec.padId), lengths: Int32Array.of(8) });
      session.endProfiling();
      share = await shareOnProvider(profile);
      if (share === 0) {
        await session.release();
        throw new FailureError(
          `${spec.provider} loads, but runs no node of ${spec.file}; use another device`,
          { code: 'MODEL_INVALID', option: 'model', file: spec.file },
        );
      }
    }
    return { share, run, release: () => session.release() };
  } finally {
    if (profile) await rm(profile, { recursive: true, force: true });
  }
}

function runOf(
  ort: Ort,
  session: InferenceSession,
  spec: SessionSpec,
  isPooled: boolean,
): TextSession['run'] {
  const { Tensor } = ort;
  const poolNames = isPooled ? poolInputs(spec.pooling, Int32Array.of(1), 1).map(({ name }) => name) : [];
  const inputNames = session.inputNames.filter((name) => !poolNames.includes(name));
  const unknown = inputNames.find((name) => !INPUTS.includes(name));
  if (unknown !== undefined || !inputNames.includes('input_ids')) {
    const names = inputNames.join(', ');
    throw new UserError(
      `${spec.file}: its inputs are ${names}; a text model takes ${INPUTS.join(', ')} and nothing else`,
      { code: 'MODEL_INVALID', option: 'model', file: spec.file },
    );
  }
  const output = isPooled ? POOLED : outputOf(session, spec);

  return async ({ ids, lengths, width = 1 }) => {
    const rows = lengths.length;
    const tokens = lengths.reduce((most, length) => Math.max(most, length), width);
    const feeds: Record<string, Tensor> = {};
    session.inputNames.forEach((name, index) => {
      if (poolNames.includes(name)) return;
      const metadata = session.inputMetadata[index];
      const type = metadata.isTensor ? metadata.type : 'int64';
      feeds[name] = inputTensor(ort, name, type, ids, lengths, [rows, tokens], spec.padId);
    });
    for (const { name, data, dims } of isPooled ? poolInputs(spec.pooling, lengths, tokens) : []) {
      feeds[name] =
        data instanceof Float32Array ? new Tensor('float32', data, dims) : new Tensor('int64', data, dims);
    }
    const { lexical } = spec;
    const results = await session.run(feeds, [...new Set(lexical ? [output, lexical.output] : [output])]);
    const result = results[output] as Tensor;
    const isOneARow = result.dims.length === 2;
    const cols = result.dims[result.dims.length - 1];
    const vectors = poolRows(
      { data: numbers(result), rows, tokens: isOneARow ? 1 : tokens, cols },
      lengths,
      isOneARow ? 'none' : spec.pooling,
    );
    const weights = lexical && (results[lexical.output] as Tensor);
    const made = weights && {
      lexical: lexicalRows({ data: numbers(weights), dims: weights.dims }, { ids, lengths }, lexical),
    };
    result.dispose();
    if (weights !== result) weights?.dispose();
    return { vectors, ...made };
  };
}

/** Name of the output that is pooled, or that the graph has pooled. */
function outputOf(session: InferenceSession, spec: SessionSpec): string {
  const outputs = session.outputMetadata.flatMap((metadata) =>
    metadata.isTensor
      ? [{ name: metadata.name, rank: metadata.shape.length, type: ELEMENT_TYPES[metadata.type] }]
      : [],
  );
  const chosen = chooseOutput(outputs, spec.pooling);
  if (chosen) return chosen.name;
  const found = session.outputNames.join(', ') || 'none';
  const wanted =
    spec.pooling === 'none' ? 'one vector a text (sentence_embedding)' : 'token vectors (last_hidden_state)';
  throw new UserError(`${spec.file}: no output with ${wanted}; its outputs are ${found}`, {
    code: 'MODEL_INVALID',
    option: 'model',
    file: spec.file,
  });
}

const ELEMENT_TYPES: Partial<Record<string, ElementType>> = {
  float32: ElementType.float,
  float16: ElementType.float16,
};

function inputTensor(
  { Tensor }: Ort,
  name: string,
  type: string,
  ids: Int32Array,
  lengths: Int32Array,
  dims: [rows: number, tokens: number],
  padId: number,
): Tensor {
  const [rows, tokens] = dims;
  const values = new Int32Array(rows * tokens);
  let from = 0;
  for (let row = 0; row < rows; row++) {
    const length = lengths[row];
    const at = row * tokens;
    if (name === 'input_ids') {
      values.set(ids.subarray(from, from + length), at);
      values.fill(padId, at + length, at + tokens);
    } else if (name === 'attention_mask') {
      values.fill(1, at, at + length);
    } else if (name === 'position_ids') {
      for (let token = 0; token < tokens; token++) values[at + token] = token;
    }
    from += length;
  }
  if (type === 'int32') return new Tensor('int32', values, dims);
  // The low halves of little-endian 64-bit numbers; the high ones stay zero, since ids are never negative.
  const wide = new Int32Array(values.length * 2);
  for (let index = 0; index < values.length; index++) wide[2 * index] = values[index];
  return new Tensor('int64', new BigInt64Array(wide.buffer), dims);
}

/** Numbers as they are in memory: float32, or the bits of halves. */
function numbers(tensor: Tensor): Float32Array | Uint16Array {
  const data = tensor.data as Float32Array | Uint16Array;
  if (tensor.type === 'float32') return data as Float32Array;
  // Uint16Array, or Float16Array where the JavaScript engine has one; the bits are the same.
  return new Uint16Array(data.buffer, data.byteOffset, data.length);
}

/** From ONNX Runtime's profile of one run: nodes on anything but the CPU, of all nodes. */
async function shareOnProvider(folder: string): Promise<number> {
  let all = 0;
  let onCpu = 0;
  for (const name of await readdir(folder)) {
    const events = JSON.parse(await readFile(join(folder, name), 'utf8')) as ProfileEvent[];
    for (const { cat, args } of events) {
      if (cat !== 'Node' || !args?.provider) continue;
      all++;
      if (args.provider === 'CPUExecutionProvider') onCpu++;
    }
  }
  return all === 0 ? 0 : (all - onCpu) / all;
}

interface ProfileEvent {
  cat?: string;
  args?: { provider?: string };
}
