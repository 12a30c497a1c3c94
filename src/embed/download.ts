import { createHash } from 'node:crypto';
import { open, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FailureError } from '../errors.js';
import { makeFolder } from '../files/folder.js';
import { putInPlace } from '../files/replace.js';
import { feed } from './file-sums.js';
import type { HubFile } from './hub.js';
import type { PersistOptions, Web } from './web.js';

export interface DownloadOptions extends PersistOptions {
  headers?: Record<string, string>;
  /** Called with bytes newly on disk; negative when some had to be thrown away. */
  onBytes?: (bytes: number) => void;
}

/** Bytes a second below which a connection counts as broken; seen over `Patience.stall`. */
const LEAST_SPEED = 1000;

/**
 * Brings one file to `path`: into `path.part` first, going on from where a broken connection (or a killed
 * process) left it, checked against the hub's checksum, then renamed. A file that is there already and has that
 * checksum is taken as it is. Returns the content's sha256.
 */
export async function download(
  web: Web,
  url: string,
  path: string,
  expected: HubFile,
  options: DownloadOptions = {},
): Promise<string> {
  const part = `${path}.part`;
  const name = new URL(url).pathname.split('/').slice(-2).join('/');
  await makeFolder(dirname(path));
  const { signal } = options;
  if ((await sizeOf(path)) === expected.bytes && (expected.sha256 ?? expected.gitSha1) !== undefined) {
    const there = await check(path, expected, signal);
    if (there.matches) {
      options.onBytes?.(expected.bytes);
      return there.sha256;
    }
  }
  let counted = 0;
  const count = (bytes: number) => {
    counted += bytes;
    options.onBytes?.(bytes);
  };
  for (let round = 1; ; round++) {
    count((await sizeOf(part)) - counted);
    await web.persist(
      name,
      () => receive(web, url, part, expected.bytes, count, () => counted, options),
      options,
    );
    const { sha256, matches } = await check(part, expected, signal);
    if (matches) {
      await putInPlace(part, path, 'set DENSCAPE_CACHE to another folder');
      return sha256;
    }
    await rm(part, { force: true });
    // Once may be a bad resume or a proxy's page; twice is the source.
    if (round === 2) {
      throw new FailureError(
        `${name}: what arrived has checksum ${sha256}, the hub says ${expected.sha256 ?? expected.gitSha1}; nothing was kept. Try again, or another HF_ENDPOINT`,
        { code: 'DOWNLOAD_FAILED' },
      );
    }
    options.onWait?.(`${name}: the checksum is wrong; downloading it again`);
  }
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/** One connection's worth of bytes, appended to the part; rejects unless the part is then complete. */
async function receive(
  web: Web,
  url: string,
  part: string,
  bytes: number,
  count: (bytes: number) => void,
  counted: () => number,
  { headers, signal }: DownloadOptions,
): Promise<void> {
  let have = await sizeOf(part);
  if (have > bytes) {
    await rm(part);
    have = 0;
  }
  count(have - counted());
  if (have === bytes && bytes > 0) return;
  const range: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
  const response = await web.request(url, { headers: { ...headers, ...range }, signal });
  const isResumed = response.status === 206 && startOf(response.headers.get('content-range')) === have;
  const file = await open(part, isResumed ? 'a' : 'w');
  const { stall } = web.patience;
  let windowStart = performance.now();
  let windowBytes = 0;
  try {
    if (!isResumed) {
      count(-have);
      have = 0;
    }
    for await (const chunk of response.body ?? []) {
      const piece = chunk as Uint8Array;
      await file.appendFile(piece);
      have += piece.length;
      count(piece.length);
      if (have > bytes) break;
      windowBytes += piece.length;
      const elapsed = performance.now() - windowStart;
      if (elapsed < stall) continue;
      if (windowBytes < (LEAST_SPEED * elapsed) / 1000 && have < bytes) {
        const text = `${Math.round((windowBytes * 1000) / elapsed)} bytes a second`;
        throw Object.assign(new Error(`the server sends ${text}`), { code: 'ESLOW' });
      }
      windowStart += elapsed;
      windowBytes = 0;
    }
  } finally {
    await file.close();
  }
  if (have < bytes) {
    throw Object.assign(new Error(`the connection ended at ${have} of ${bytes} bytes`), { code: 'ECUT' });
  }
}

/** First byte of `bytes 100-199/200`. */
function startOf(contentRange: string | null): number | undefined {
  const start = /^bytes (\d+)-/.exec(contentRange ?? '')?.[1];
  return start === undefined ? undefined : Number(start);
}

/** Checksums of a file: sha256 of its content, and git's hash of it as a blob. */
async function check(
  path: string,
  expected: HubFile,
  signal?: AbortSignal,
): Promise<{ sha256: string; matches: boolean }> {
  const size = await sizeOf(path);
  const content = createHash('sha256');
  const blob = createHash('sha1').update(`blob ${size}\0`);
  await feed(path, [content, blob], signal);
  const sha256 = content.digest('hex');
  const stated = expected.sha256 ?? expected.gitSha1;
  const found = expected.sha256 === undefined ? blob.digest('hex') : sha256;
  return { sha256, matches: size === expected.bytes && (stated === undefined || stated === found) };
}

/** Refuses before the first byte when the disk cannot hold `bytes` more. */
export async function checkDiskSpace(folder: string, bytes: number): Promise<void> {
  await makeFolder(folder);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < bytes * 1.02) {
    throw new FailureError(
      `the download needs ${sizeText(bytes)} and ${folder} has ${sizeText(free)} free; free some space, or set DENSCAPE_CACHE to a larger disk`,
      { code: 'DISK_FAILED', file: folder },
    );
  }
}

/** `2.3 GB`, `24 MB`, `3 KB`. */
export function sizeText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${Math.round(bytes / 1e6)} MB`;
  return `${Math.ceil(bytes / 1e3)} KB`;
}
