import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { askHub } from '../../src/embed/hub.js';
import { obtainModel } from '../../src/embed/model-files.js';
import { isRevision, memberPath } from '../../src/embed/model-paths.js';
import { openWeb, type Web } from '../../src/embed/web.js';
import { FailureError, UserError } from '../../src/errors.js';

const COMMIT = 'a'.repeat(40);
const patience = { retries: 0, firstWait: 5, connect: 2000, stall: 5000 };

/** What the hub returns, by the kind of request. */
let answers: { about: Buffer | string; tree: Buffer | string; link?: string; file?: Buffer };
let server: Server;
let web: Web;
beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.includes('/resolve/')) response.end(answers.file);
    else if (!path.includes('/tree/')) response.end(answers.about);
    else {
      if (answers.link !== undefined) response.setHeader('link', answers.link);
      response.end(answers.tree);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  web = openWeb(patience);
});
afterAll(async () => {
  await web.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  answers = { about: JSON.stringify({ sha: COMMIT }), tree: '[]' };
  vi.stubEnv('HF_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** The model, or undefined where the response is refused in one line that names the hub. */
async function ask() {
  try {
    return await askHub(web, 'org/name', 'main');
  } catch (error) {
    expect(error instanceof FailureError || error instanceof UserError, String(error)).toBe(true);
    expect(String(error)).toMatch(/^\w+: the hub at 127\.0\.0\.1:\d+/);
    expect(String(error)).not.toMatch(/cannot read|undefined|not iterable|unexpected token|\n/i);
    return undefined;
  }
}

const segment = fc.constantFrom(
  '..',
  '.',
  '',
  'onnx',
  'model.onnx',
  'x',
  'C:',
  'a\\b',
  '\u0000',
  'denscape.json',
);
const path = fc.oneof(
  fc.string(),
  fc.array(segment, { maxLength: 6 }).map((list) => list.join('/')),
);
const size = fc.oneof(fc.nat(), fc.constantFrom(-1, 1e300, 0.5, null, '1', [1]));
const entry = fc.record(
  {
    type: fc.constantFrom('file', 'directory', null, 1),
    path,
    size,
    oid: fc.constantFrom('b'.repeat(40), 'xyz', null, 5),
    lfs: fc.oneof(fc.constant(null), fc.record({ oid: fc.constantFrom('c'.repeat(64), '', null), size })),
  },
  { requiredKeys: [] },
);

describe('whatever the hub returns', () => {
  it('bytes, JSON of any shape: a model or one line', async () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.json(),
      fc.array(fc.oneof(entry, fc.jsonValue()), { maxLength: 4 }).map((list) => JSON.stringify(list)),
    );
    await fc.assert(
      fc.asyncProperty(body, body, fc.boolean(), async (about, tree, isKnown) => {
        answers = { about: isKnown ? JSON.stringify({ sha: COMMIT }) : about, tree };
        await ask();
      }),
      { numRuns: 300 },
    );
  });

  it('revision and paths are ones that stay in the model’s folder', async () => {
    const sha = fc.oneof(path, fc.string(), fc.constantFrom(COMMIT, 'v1.0', null, 3));
    await fc.assert(
      fc.asyncProperty(sha, fc.array(entry, { maxLength: 4 }), async (commit, tree) => {
        answers = { about: JSON.stringify({ sha: commit }), tree: JSON.stringify(tree) };
        const model = await ask();
        if (!model) return;
        expect(isRevision(model.revision)).toBe(true);
        expect(join('/home', model.revision)).toBe(`/home/${model.revision}`);
        for (const [file, { bytes }] of model.files) {
          expect(memberPath(file)).toBe(file);
          expect(join('/model', file)).toBe(`/model/${file}`);
          expect(Number.isInteger(bytes) && bytes >= 0).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('the next page is one of its own or none', async () => {
    const link = fc
      .oneof(
        fc.webUrl(),
        fc.constantFrom('//evil.example/x', 'file:///etc/passwd', 'javascript:0', 'http://[', '/api'),
      )
      .map((target) => `<${target}>; rel="next"`);
    await fc.assert(
      fc.asyncProperty(link, async (stated) => {
        answers = { ...answers, link: stated };
        expect(await ask()).toBeUndefined(); // another origin, or the same page again and again
      }),
      { numRuns: 50 },
    );
  });

  it('nothing is written outside the model’s folder', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'denscape-hub-fuzz-'));
    try {
      await fc.assert(
        fc.asyncProperty(path, fc.uint8Array({ maxLength: 60 }), async (odd, file) => {
          vi.stubEnv('DENSCAPE_CACHE', join(outside, 'cache'));
          const all = ['onnx/model.onnx', 'tokenizer.json', `onnx/model.onnx_data/${odd}`, odd];
          answers.tree = JSON.stringify(all.map((name) => ({ type: 'file', path: name, size: file.length })));
          answers.file = Buffer.from(file);
          const error = await obtainModel('org/name', { dtype: 'auto', patience }).catch(
            (caught: unknown) => caught,
          );
          expect(error instanceof FailureError || error instanceof UserError, String(error)).toBe(true);
          expect((await readdir(outside)).filter((name) => name !== 'cache')).toEqual([]);
          const cache = await readdir(join(outside, 'cache')).catch(() => ['models']);
          expect(cache).toEqual(['models']);
          await rm(join(outside, 'cache'), { recursive: true, force: true });
        }),
        { numRuns: 60 },
      );
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });
});
