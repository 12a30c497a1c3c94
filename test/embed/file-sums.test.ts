import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rememberedSum, sha256Of } from '../../src/embed/file-sums.js';
import { openModel } from '../../src/embed/index.js';
import { type FilesOptions, obtainModel } from '../../src/embed/model-files.js';
import { FailureError } from '../../src/errors.js';
import type { Progress } from '../../src/progress.js';
import { COMMIT, type HubServer, startHub } from './hub-server.js';

const TINY = fileURLToPath(new URL('../fixtures/embed/tiny-bge-m3', import.meta.url));
const DATA = 'onnx/model.onnx_data';

let hub: HubServer;
let folder: string;
let said: Progress[];
beforeEach(async () => {
  hub = await startHub('Xenova/bge-m3');
  folder = await mkdtemp(join(tmpdir(), 'denscape-sums-'));
  said = [];
  vi.stubEnv('DENSCAPE_CACHE', join(folder, 'cache'));
  vi.stubEnv('HF_ENDPOINT', hub.url);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.close();
  await rm(folder, { recursive: true, force: true });
});

const obtain = (name: string, options: Partial<FilesOptions> = {}) =>
  obtainModel(name, { dtype: 'auto', yes: true, onProgress: (progress) => said.push(progress), ...options });

/** Changes one byte and leaves size and time of change as they were. */
async function damage(file: string): Promise<void> {
  const { atime, mtime } = await stat(file);
  const content = await readFile(file);
  content[content.length >> 1] ^= 1;
  await writeFile(file, content);
  await utimes(file, atime, mtime);
}

describe('a downloaded model', () => {
  const home = () => join(folder, 'cache', 'models', 'Xenova--bge-m3', COMMIT);

  it.each(['onnx/model.onnx', DATA, 'tokenizer.json', 'tokenizer_config.json', 'config.json'])(
    'whose %s was changed at equal size is refused, with how it is had again',
    async (path) => {
      await obtain('bge-m3');
      await damage(join(home(), path));
      const error = await obtain('bge-m3').catch((caught: Error) => caught);
      expect(error).toBeInstanceOf(FailureError);
      expect(String(error)).toContain(`${join(home(), path)} is not what was downloaded`);
      expect(String(error)).toContain('`denscape cache clear models --model Xenova/bge-m3`');
      await expect(obtain('bge-m3', { offline: true })).rejects.toThrow('is not what was downloaded');
    },
  );

  it('that lost a file or its end is made whole again', async () => {
    const { sums } = await obtain('bge-m3');
    await rm(join(home(), 'tokenizer.json'));
    expect((await obtain('bge-m3')).sums).toEqual(sums);
    await truncate(join(home(), DATA), 100);
    expect((await obtain('bge-m3')).sums).toEqual(sums);
    expect(await readFile(join(home(), DATA))).toEqual(hub.files.get(DATA));
  });

  it.each(['', 'null', '{}', '[]', '{"have":{"../x":{}}}', '<html>'])(
    'with %j for denscape.json is looked at anew, and offline that file is named',
    async (content) => {
      await obtain('bge-m3');
      await writeFile(join(home(), 'denscape.json'), content);
      const error = await obtain('bge-m3', { offline: true }).catch((caught: Error) => caught);
      expect(String(error)).toContain(join(home(), 'denscape.json'));
      expect(String(error)).not.toMatch(/cannot read|undefined/i);
      const before = hub.requests.length;
      await obtain('bge-m3');
      expect(said.map(({ message }) => message).join('\n')).toContain('checked or downloaded again');
      // The files have the hub's checksums, so none of them is brought a second time.
      expect(hub.requests.slice(before).filter((request) => request.includes('/resolve/'))).toEqual([]);
      await obtain('bge-m3', { offline: true });
    },
  );

  it('with a note that leads outside is not followed', async () => {
    await obtain('bge-m3');
    await writeFile(join(home(), '..', 'ref-main'), '../../../elsewhere');
    await expect(obtain('bge-m3', { offline: true })).rejects.toThrow(/--offline/);
  });
});

describe('a local folder', () => {
  it.each([DATA, 'tokenizer.json'])(
    'whose %s changes has another fingerprint, and the first one again with the first file',
    async (path) => {
      const local = join(folder, 'model');
      await cp(TINY, local, { recursive: true });
      const print = async () => {
        const model = await openModel({ model: local, pooling: 'cls' });
        await model.close();
        return model.fingerprint;
      };
      const first = await print();
      const good = await readFile(join(local, path));
      if (path === DATA) await damage(join(local, path));
      else await writeFile(join(local, path), good.toString().replace(/,-(\d)/, ',-1$1'));
      const changed = await print();
      expect(changed).not.toBe(first);
      await writeFile(join(local, path), good);
      expect(await print()).toBe(first);
    },
  );
});

describe('a large file’s checksum', () => {
  it('is taken once, and again after any change, even one of equal size and time', async () => {
    const file = join(folder, 'large');
    await writeFile(file, Buffer.alloc(2 << 20, 1));
    await sleep(100); // older than the span in which a second change could go unseen
    const first = await rememberedSum(file);
    expect(first).toBe(await sha256Of(file));
    const [note] = await notes();
    const kept = JSON.parse(await readFile(note, 'utf8'));
    expect(kept.sha256).toBe(first);
    // What is remembered is what is given, which shows that the file isn't read again.
    await writeFile(note, JSON.stringify({ ...kept, sha256: 'a'.repeat(64) }));
    expect(await rememberedSum(file)).toBe('a'.repeat(64));
    await damage(file);
    expect(await rememberedSum(file)).toBe(await sha256Of(file));
  });

  it('is not taken from a damaged note', async () => {
    const file = join(folder, 'large');
    await writeFile(file, Buffer.alloc(2 << 20, 1));
    await sleep(100);
    const first = await rememberedSum(file);
    const [note] = await notes();
    for (const content of ['', 'null', '{}', '{"state":1}']) {
      await writeFile(note, content);
      expect(await rememberedSum(file)).toBe(first);
    }
  });

  async function notes(): Promise<string[]> {
    const sums = join(folder, 'cache', 'sums');
    return (await readdir(sums)).map((name) => join(sums, name));
  }
});

it('taking a checksum stops with the reason of the signal', async () => {
  const file = join(folder, 'large');
  await writeFile(file, Buffer.alloc(8 << 20));
  const stop = new AbortController();
  const running = sha256Of(file, stop.signal);
  stop.abort(new Error('enough'));
  await expect(running).rejects.toThrow('enough');
});
