import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FilesOptions, obtainModel } from '../../src/embed/model-files.js';
import { FailureError, UserError } from '../../src/errors.js';
import { COMMIT, type HubServer, startHub } from './hub-server.js';
import { onnxWithWeights } from './onnx-bytes.js';

const TINY = fileURLToPath(new URL('../fixtures/embed/tiny-bge-m3', import.meta.url));
const GRAPH = 'onnx/model.onnx';
const patience = { retries: 1, firstWait: 20, connect: 2000, stall: 300 };

let hub: HubServer;
let outside: string;
let cache: string;
beforeEach(async () => {
  hub = await startHub('Xenova/bge-m3');
  outside = await mkdtemp(join(tmpdir(), 'denscape-hostile-'));
  cache = join(outside, 'cache');
  vi.stubEnv('DENSCAPE_CACHE', cache);
  vi.stubEnv('HF_ENDPOINT', hub.url);
  vi.stubEnv('HF_TOKEN', 'secret-token');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close().catch(() => {});
  await rm(outside, { recursive: true, force: true });
});

const obtain = (options: Partial<FilesOptions> = {}) =>
  obtainModel('bge-m3', { dtype: 'auto', patience, yes: true, ...options });
const api = (body: unknown) => hub.mischief.set('api', [{ kind: 'answer', body: JSON.stringify(body) }]);
const tree = (body: unknown, headers = {}) =>
  hub.mischief.set('tree', [{ kind: 'answer', body: JSON.stringify(body), headers }]);
const entry = (path: string) => ({ type: 'file', path, size: 3, oid: 'a'.repeat(40) });
/** Everything in the temporary folder that does not lie in the cache. */
const strays = async () => (await readdir(outside)).filter((name) => name !== 'cache');

/** The one line of an error that is the user's or the hub's, never a raw JavaScript error. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.catch((caught: unknown) => caught);
  expect(error instanceof FailureError || error instanceof UserError, String(error)).toBe(true);
  const { message } = error as Error;
  expect(message).not.toMatch(/cannot read|undefined|not iterable|unexpected token|\n/i);
  return message;
}

describe('a hub that writes where it likes', () => {
  it.each(['../../../x', '..', 'a/b', 'a\\b', '', '.lock', 'a\u0000', null, 7, ['x']])(
    'is refused the commit %j',
    async (sha) => {
      api({ sha });
      expect(await refusal(obtain())).toMatch(
        /^the hub at 127\.0\.0\.1:\d+: its word on Xenova\/bge-m3 .*sha/,
      );
      expect(await strays()).toEqual([]);
    },
  );

  it.each([`${GRAPH}_data/../../../../x`, '../x', '/etc/x', 'onnx//x', `${GRAPH}_data/..`])(
    'is refused the file %s',
    async (path) => {
      tree([entry(GRAPH), entry(path)]);
      expect(await refusal(obtain())).toContain(`lists ${JSON.stringify(path)}, which lies outside`);
      expect(await strays()).toEqual([]);
      expect(hub.requests.filter((request) => request.includes('/resolve/'))).toEqual([]);
    },
  );

  it.each(['../../../../../victim.txt', '..\\victim.txt', '/victim.txt', '../denscape.json', 'C:victim'])(
    'is refused a graph with weights in %s',
    async (location) => {
      await writeFile(join(outside, 'victim.txt'), 'mine');
      hub.files.set(GRAPH, onnxWithWeights(location));
      hub.files.set('victim.txt', Buffer.from('overwritten'));
      expect(await refusal(obtain())).toContain(`keeps its weights in ${JSON.stringify(location)}`);
      expect(await readFile(join(outside, 'victim.txt'), 'utf8')).toBe('mine');
      expect(await strays()).toEqual(['victim.txt']);
    },
  );

  it('through a link in the cache folder is refused', async () => {
    await mkdir(join(cache, 'models', 'Xenova--bge-m3', COMMIT), { recursive: true });
    await mkdir(join(outside, 'elsewhere'));
    await writeFile(join(outside, 'elsewhere', 'tokenizer.json'), 'mine');
    await symlink(
      join(outside, 'elsewhere', 'tokenizer.json'),
      join(cache, 'models', 'Xenova--bge-m3', COMMIT, 'tokenizer.json'),
    );
    expect(await refusal(obtain())).toMatch(/tokenizer\.json is a symbolic link/);
    expect(await readFile(join(outside, 'elsewhere', 'tokenizer.json'), 'utf8')).toBe('mine');
  });
});

describe('a local folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(outside, 'model');
    await cp(TINY, folder, { recursive: true });
  });
  const local = () => obtainModel(folder, { dtype: 'auto', patience });

  it.each(['../../secret', '/etc/hostname', '../../model.onnx_data'])(
    'whose graph reads %s is refused',
    async (location) => {
      await writeFile(join(outside, 'secret'), 'secret');
      await writeFile(join(folder, GRAPH), onnxWithWeights(location));
      expect(await refusal(local())).toContain(`keeps its weights in ${JSON.stringify(location)}`);
    },
  );

  it.each([GRAPH, `${GRAPH}_data`, 'tokenizer.json'])(
    'whose %s is a link outside is refused',
    async (path) => {
      const secret = join(outside, 'secret');
      await cp(join(folder, path), secret);
      await rm(join(folder, path));
      await symlink(secret, join(folder, path));
      expect(await refusal(local())).toContain(`${path} is a symbolic link to ${secret}`);
    },
  );

  it('of Python’s hub cache, whose links end in its blobs, is read', async () => {
    const snapshot = join(outside, 'models--x', 'snapshots', COMMIT);
    const blobs = join(outside, 'models--x', 'blobs');
    await mkdir(join(snapshot, '..'), { recursive: true });
    await cp(folder, snapshot, { recursive: true });
    await mkdir(blobs);
    await cp(join(snapshot, 'tokenizer.json'), join(blobs, 'abc'));
    await rm(join(snapshot, 'tokenizer.json'));
    await symlink('../../blobs/abc', join(snapshot, 'tokenizer.json'));
    const { sums } = await obtainModel(snapshot, { dtype: 'auto', patience });
    expect(sums).toEqual((await local()).sums);
  });

  it('with weights in a folder that the graph goes up to, inside, is read', async () => {
    await mkdir(join(folder, 'weights'));
    await writeFile(join(folder, 'weights', 'w.bin'), 'w');
    await writeFile(join(folder, GRAPH), onnxWithWeights('../weights/./w.bin'));
    expect((await local()).deciding).toContain(join(folder, 'weights', 'w.bin'));
  });
});

describe('the token', () => {
  it('goes to no other origin for the next page', async () => {
    const seen: (string | undefined)[] = [];
    const other = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end('[]');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    try {
      tree([entry(GRAPH)], { link: `<http://127.0.0.1:${port}/next>; rel="next"` });
      expect(await refusal(obtain())).toContain(`names http://127.0.0.1:${port} for the next page`);
      expect(seen).toEqual([]);
    } finally {
      other.close();
    }
  });

  it('is dropped by a redirect to another origin, which is followed', async () => {
    const seen: (string | undefined)[] = [];
    const other = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end(hub.files.get('tokenizer.json'));
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/tokenizer.json`;
    try {
      hub.mischief.set('tokenizer.json', [{ kind: 'status', status: 302, headers: { location } }]);
      await obtain();
      expect(seen).toEqual([undefined]);
      expect(hub.tokens).toEqual(new Set(['Bearer secret-token']));
    } finally {
      other.closeAllConnections();
      other.close();
    }
  });
});

describe('a response without end', () => {
  it.each(['api', 'tree'])('from the %s is given up with one line', async (which) => {
    hub.mischief.set(which, [{ kind: 'endless' }]);
    const slow = { ...patience, stall: 20_000 }; // megabytes take a while on a busy machine
    expect(await refusal(obtain({ patience: slow }))).toMatch(
      /the hub at .* sends more than the 16,777,216 bytes/,
    );
  });

  it('of a byte now and then is given up with one line', async () => {
    hub.mischief.set('tree', [{ kind: 'drip' }]);
    expect(await refusal(obtain())).toMatch(/has not ended its response after 2 s/);
  });

  it('of a file, likewise, after the tries', async () => {
    hub.mischief.set('tokenizer.json', [{ kind: 'drip' }, { kind: 'drip' }]);
    expect(await refusal(obtain())).toMatch(
      /tokenizer\.json: the server sends \d+ bytes a second, after 2 tries/,
    );
  });

  it('of a page that names itself as the next is given up at once', async () => {
    const link = `</api/models/Xenova/bge-m3/tree/${COMMIT}?recursive=true>; rel="next"`;
    tree([entry(GRAPH)], { link });
    expect(await refusal(obtain())).toContain('in a circle');
    expect(hub.requests.filter((request) => request.includes('/tree/'))).toHaveLength(1);
  });

  it('of ever new pages is given up after 200', async () => {
    const page = (cursor: number) => ({
      kind: 'answer' as const,
      body: '[]',
      headers: { link: `</api/models/Xenova/bge-m3/tree/${COMMIT}?cursor=${cursor}>; rel="next"` },
    });
    hub.mischief.set(
      'tree',
      Array.from({ length: 250 }, (_, cursor) => page(cursor)),
    );
    expect(await refusal(obtain())).toMatch(/without end; 200 pages were read/);
  });

  it.each([
    ['/api/models/Xenova/bge-m3/revision/main', /redirects on and on/],
    ['file:///etc/passwd', /begins with file:/],
    ['http://[', /redirects to what is not an address/],
  ])('of redirects to %s is given up at once', async (location, expected) => {
    hub.mischief.set('api', Array(50).fill({ kind: 'status', status: 302, headers: { location } }));
    expect(await refusal(obtain())).toMatch(expected);
    expect(hub.requests.length).toBeLessThanOrEqual(6);
  });

  it('of a pause is not waited for', async () => {
    hub.mischief.set('api', [{ kind: 'status', status: 429, headers: { 'retry-after': '31536000' } }]);
    expect(await refusal(obtain())).toMatch(/asks for a pause of 365 days/);
    expect(hub.requests).toHaveLength(1);
  });
});

describe('a response of another shape names the hub', () => {
  it.each([
    ['tree', '[null]'],
    ['tree', 'null'],
    ['tree', '{}'],
    ['tree', '[{"type":"file","path":7,"size":1}]'],
    ['tree', '[{"type":"file","path":"onnx/model.onnx"}]'],
    ['tree', '[{"type":"file","path":"onnx/model.onnx","size":-1}]'],
    ['tree', '[{"type":"file","path":"onnx/model.onnx","size":1,"lfs":{"oid":"xyz","size":1}}]'],
    ['tree', `${'['.repeat(100_000)}`],
    ['tree', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['api', '<!DOCTYPE html><title>Sign in</title>'],
    ['api', ''],
    ['api', 'null'],
    ['api', '{"sha":null}'],
    ['api', '{}'],
    ['api', '"text"'],
  ])('%s: %.60s', async (which, body) => {
    hub.mischief.set(which, [{ kind: 'answer', body }]);
    expect(await refusal(obtain())).toMatch(/^the hub at 127\.0\.0\.1:\d+/);
  });

  it('but a licence of another type is only not stated', async () => {
    api({ sha: COMMIT, cardData: 'x', tags: null });
    await obtain();
  });
});

describe('HF_ENDPOINT', () => {
  it.each(['file:///tmp/models', 'ftp://host', 'nowhere'])(
    '%s is refused without a try',
    async (endpoint) => {
      vi.stubEnv('HF_ENDPOINT', endpoint);
      const error = await obtain().catch((caught: Error) => caught);
      expect(error).toBeInstanceOf(UserError);
      expect(String(error)).toMatch(/HF_ENDPOINT/);
    },
  );

  it('may hold a user and a password, which become a header', async () => {
    vi.stubEnv('HF_TOKEN', '');
    vi.stubEnv('HF_ENDPOINT', hub.url.replace('http://', 'http://me:s%40cret@'));
    await obtain();
    expect(hub.tokens).toEqual(new Set([`Basic ${Buffer.from('me:s@cret').toString('base64')}`]));
  });
});
