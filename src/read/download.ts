import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'undici';
import { FailureError, UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import { inputError } from './input-error.js';

/** Bytes of a file from an address, at most. */
const MOST_BYTES = 4 * 1024 ** 3;
const MOST_REDIRECTS = 5;
// Without a byte for so long, nobody is sending any more.
const SILENCE_MS = 60_000;

/**
 * Downloads a file; its size is reported before its bytes come.
 * @throws UserError for an address that isn't https (or this machine's own), FailureError where it can't be had.
 */
export async function download(
  address: string,
  path: string,
  name: string,
  { offline = false, onProgress, signal }: Watch & { offline?: boolean },
): Promise<void> {
  if (offline) {
    throw inputError(
      'ADDRESS_REFUSED',
      { source: shown(address) },
      'an address, and --offline allows none; name a file',
    );
  }
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const stop = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal;
  try {
    const response = await follow(address, stop);
    const length = response.headers.get('content-length');
    const total = length === null || response.headers.has('content-encoding') ? undefined : Number(length);
    if (total !== undefined && total > MOST_BYTES) throw tooLarge(address);
    const size = total === undefined ? 'its size is not known' : megabytes(total);
    onProgress?.({
      stage: 'read',
      level: 'info',
      message: `${name}: ${size}, from ${new URL(address).host}`,
    });
    async function* chunks(): AsyncGenerator<Uint8Array> {
      let done = 0;
      for await (const chunk of response.body ?? []) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        done += chunk.length;
        if (done > MOST_BYTES) throw tooLarge(address);
        onProgress?.({ stage: 'read', done, total, unit: 'bytes' });
        yield chunk;
      }
      if (total !== undefined && done < total) throw new Error(`it ended after ${done} of ${total} bytes`);
    }
    await pipeline(Readable.from(chunks()), createWriteStream(path), { signal: stop });
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    if (cause instanceof UserError || cause instanceof FailureError) throw cause;
    const reason = silence.signal.aborted ? `nothing came for ${SILENCE_MS / 1000} s` : reasonOf(cause);
    throw new FailureError(`${shown(address)}: can't be downloaded: ${reason}; try again, or name a file`, {
      code: 'DOWNLOAD_FAILED',
      file: shown(address),
      cause,
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Follows redirects itself, so that each address is checked. */
async function follow(address: string, signal: AbortSignal): Promise<Response> {
  // Loaded late: most runs download nothing.
  const { fetch } = await import('undici');
  let next = address;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const url = checked(next, address);
    const response = await fetch(url, { redirect: 'manual', signal });
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      next = new URL(location, url).href;
      continue;
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new FailureError(
        `${shown(address)}: the server said ${`${response.status} ${response.statusText}`.trim()}; check the address, or name a file`,
        { code: 'DOWNLOAD_FAILED', file: shown(address) },
      );
    }
    return response;
  }
  throw new FailureError(
    `${shown(address)}: more than ${MOST_REDIRECTS} redirects; name the file's own address`,
    {
      code: 'DOWNLOAD_FAILED',
      file: shown(address),
    },
  );
}

function checked(address: string, given: string): URL {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw inputError(
      'ADDRESS_REFUSED',
      { source: shown(given) },
      'not an address; expected https://HOST/FILE',
    );
  }
  const own = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  // An address given by a server must not lead to this machine's own services.
  const allowed = url.protocol === 'https:' || (url.protocol === 'http:' && own && isOwn(given));
  if (!allowed) {
    throw inputError(
      'ADDRESS_REFUSED',
      { source: shown(given) },
      url.protocol === 'http:'
        ? 'only https is read, since anybody on the way can change what http brings; use https:// or name a file'
        : 'of addresses only https is read; use https://HOST/FILE, or download it first and name the file',
    );
  }
  return url;
}

const isOwn = (address: string) => /^http:\/\/(?:localhost|127\.|\[::1\])/i.test(address);

const tooLarge = (address: string) =>
  inputError(
    'INPUT_TOO_LARGE',
    { source: shown(address) },
    `more than ${MOST_BYTES / 1024 ** 3} GiB; download it first and name the file`,
  );

/** An address without the password or signature that it may carry, for messages. */
export function shown(address: string): string {
  try {
    const { protocol, host, pathname } = new URL(address);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return address.split('?')[0];
  }
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message : String(inner);
}

const megabytes = (bytes: number) =>
  bytes < 1024 ** 2 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
