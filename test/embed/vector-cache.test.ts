import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textKey } from '../../src/embed/cache-blocks.js';
import { cacheInfo } from '../../src/embed/cache-info.js';
import { countRows, openVectorCache, providerOf, segmentsOf } from '../../src/embed/vector-cache.js';
import { injectFaults } from '../helpers/faults.js';

const model = { id: 'test', revision: '1', dtype: 'fp32' };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'denscape-vectors-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const vectorOf = (text: string) => Float32Array.of(text.length, text.charCodeAt(0), 0.5);

/** Appends each batch as one block and closes. */
async function write(batches: string[][]): Promise<void> {
  const cache = await openVectorCache(folder, 'print', model);
  for (const batch of batches) {
    await cache.append(batch.map(textKey), Float32Array.from(batch.flatMap((text) => [...vectorOf(text)])));
  }
  await cache.close();
}

/** The texts whose vectors come back; fails where one comes back wrong. */
async function read(texts: string[], fingerprint = 'print'): Promise<string[]> {
  const cache = await openVectorCache(folder, fingerprint, model);
  const wanted = new Map(texts.map((text, row) => [textKey(text), row]));
  const found: string[] = [];
  const set = (row: number, vector: Float32Array) => {
    expect([...vector]).toEqual([...vectorOf(texts[row])]);
    found.push(texts[row]);
  };
  const count = await cache.take(wanted, { set });
  await cache.close();
  expect(count).toBe(found.length);
  expect(wanted.size).toBe(texts.length - found.length);
  return found.sort();
}

describe('vectors', () => {
  it('come back under their texts, from several segments, and only the requested ones', async () => {
    await write([['a', 'bb'], ['ccc']]);
    await write([['dddd']]);
    expect(await read(['bb', 'dddd', 'never'])).toEqual(['bb', 'dddd']);
  });

  it('of another model are not found', async () => {
    await write([['a']]);
    expect(await read(['a'], 'other')).toEqual([]);
  });

  it('are counted from the headers', async () => {
    await write([['a', 'bb'], ['ccc']]);
    const [segment] = await segmentsOf(join(folder, 'print'));
    expect(await countRows(segment)).toBe(3);
  });

  it('that were looked up leave no file behind', async () => {
    await read(['a']);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a block with a right checksum', () => {
  it('and another width than most is not used, whether or not the width is known', async () => {
    await write([['a', 'bb']]);
    const cache = await openVectorCache(folder, 'print', model);
    await cache.append([textKey('wide')], Float32Array.of(1, 2, 3, 4));
    await cache.append([textKey('none')], new Float32Array());
    await cache.close();
    expect(await read(['a', 'wide', 'none'])).toEqual(['a']);
    const widths: number[] = [];
    const wanted = new Map(['a', 'wide'].map((text, row) => [textKey(text), row]));
    const again = await openVectorCache(folder, 'print', model);
    await again.take(wanted, { set: (_, vector) => widths.push(vector.length) }, { cols: 4 });
    await again.close();
    expect(widths).toEqual([4]);
    expect([...wanted.values()]).toEqual([0]);
  });

  it('and a number that is not finite is not used', async () => {
    const cache = await openVectorCache(folder, 'print', model);
    const vectors = Float32Array.of(1, 97, 0.5, 1, Number.NaN, 0.5, Number.POSITIVE_INFINITY, 1, 1);
    await cache.append(['a', 'nan', 'infinite'].map(textKey), vectors);
    await cache.close();
    expect(await read(['a', 'nan', 'infinite'])).toEqual(['a']);
  });
});

describe('a damaged segment', () => {
  it('cut at any byte gives the whole blocks before the cut', async () => {
    await write([['a', 'bb'], ['ccc'], ['dddd']]);
    const [segment] = await segmentsOf(join(folder, 'print'));
    const whole = await readFile(segment);
    const block = (rows: number) => 20 + rows * (32 + 3 * 4);
    const ends = [block(2), block(2) + block(1), block(2) + 2 * block(1)];
    expect(whole.length).toBe(ends[2]);
    for (let length = 0; length <= whole.length; length++) {
      await writeFile(segment, whole.subarray(0, length));
      const expected = [...(length >= ends[0] ? ['a', 'bb'] : [])];
      if (length >= ends[1]) expected.push('ccc');
      if (length >= ends[2]) expected.push('dddd');
      expect(await read(['a', 'bb', 'ccc', 'dddd'])).toEqual(expected);
    }
  });

  it('with any one byte changed never gives a wrong vector', async () => {
    await write([['a', 'bb'], ['ccc']]);
    const [segment] = await segmentsOf(join(folder, 'print'));
    const whole = await readFile(segment);
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] ^= 0x55;
      await writeFile(segment, damaged);
      const found = await read(['a', 'bb', 'ccc']); // checks each vector
      expect(found.length).toBeLessThan(3);
    }
  });

  it('followed by zeros or noise keeps its whole blocks', async () => {
    await write([['a']]);
    const [segment] = await segmentsOf(join(folder, 'print'));
    await appendFile(segment, Buffer.alloc(100));
    expect(await read(['a'])).toEqual(['a']);
    await truncate(segment, 0);
    await appendFile(segment, Buffer.from('not a segment at all, but long enough to look like one'));
    expect(await read(['a'])).toEqual([]);
  });
});

it('a block that a full disk took only in part is taken back, and later ones are found', async () => {
  // The first write is that of model.json, the second that of the first block.
  const faults = injectFaults(folder, { call: 'write', at: 3, kind: 'full' });
  const cache = await openVectorCache(folder, 'print', model);
  await cache.append([textKey('a')], vectorOf('a'));
  const full = /print: no space left on the disk; .*DENSCAPE_CACHE/;
  await expect(cache.append([textKey('bb')], vectorOf('bb'))).rejects.toThrow(full);
  faults.restore();
  expect(faults.hasStruck()).toBe(true);
  await cache.append([textKey('ccc')], vectorOf('ccc'));
  await cache.close();
  expect(await read(['a', 'bb', 'ccc'])).toEqual(['a', 'ccc']);
});

describe('a segment with right checksums', () => {
  /** Appends one block of vectors as they are. */
  async function put(texts: string[], vectors: number[][]): Promise<string> {
    // Names of segments made within a millisecond are in no order.
    const before = await segmentsOf(join(folder, 'print')).catch((): string[] => []);
    const cache = await openVectorCache(folder, 'print', model);
    await cache.append(texts.map(textKey), Float32Array.from(vectors.flat()));
    await cache.close();
    return (await segmentsOf(join(folder, 'print'))).find((name) => !before.includes(name)) ?? '';
  }
  /** What a look-up says of segments that it does not use. */
  async function complaints(texts: string[], cols?: number): Promise<string[]> {
    const cache = await openVectorCache(folder, 'print', model);
    const said: string[] = [];
    const wanted = new Map(texts.map((text, row) => [textKey(text), row]));
    await cache.take(
      wanted,
      { set: () => {} },
      { cols, onUnusable: (segment, why) => said.push(`${segment}: ${why}`) },
    );
    await cache.close();
    return said;
  }

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'and %d among its numbers gives the other vectors only',
    async (bad) => {
      const segment = await put(['a', 'bb'], [[...vectorOf('a')], [0, bad, 1]]);
      expect(await read(['a', 'bb'])).toEqual(['a']);
      expect(await complaints(['bb'])).toEqual([`${segment}: vectors with numbers that are not finite`]);
      expect(await complaints(['a'])).toEqual([]);
    },
  );

  it('and vectors of another width than most is not used', async () => {
    await write([['a', 'bb'], ['ccc']]);
    const segment = await put(
      ['dddd', 'a'],
      [
        [1, 2],
        [3, 4],
      ],
    );
    expect(await read(['a', 'bb', 'ccc', 'dddd'])).toEqual(['a', 'bb', 'ccc']);
    expect(await complaints(['dddd'])).toEqual([
      `${segment}: vectors of 2 numbers, where the model's have 3`,
    ]);
    expect((await complaints(['a', 'bb', 'ccc', 'dddd'], 7)).length).toBe(2);
  });

  it('and vectors of no numbers is not used', async () => {
    await put(['a'], [[]]);
    expect(await read(['a'])).toEqual([]);
  });
});

it('two writers at once lose nothing', async () => {
  const one = await openVectorCache(folder, 'print', model);
  const two = await openVectorCache(folder, 'print', model);
  const texts = Array.from({ length: 40 }, (_, index) => 'x'.repeat(index + 1));
  await Promise.all(
    texts.map((text, index) => (index % 2 ? one : two).append([textKey(text)], vectorOf(text))),
  );
  await Promise.all([one.close(), two.close()]);
  expect((await read(texts)).length).toBe(40);
  expect(await segmentsOf(join(folder, 'print'))).toHaveLength(2);
});

it('a segment names what made its vectors, and vectors of every maker are taken', async () => {
  // The folder that holds `vectors`, as a caller names it.
  const home = join(folder, 'vectors');
  const cache = await openVectorCache(home, 'print', model);
  await cache.append([textKey('a')], vectorOf('a'), 'wasm');
  await cache.append([textKey('bb')], vectorOf('bb'), 'cpu');
  await cache.append([textKey('ccc')], vectorOf('ccc'), 'wasm');
  await cache.close();
  const segments = await segmentsOf(join(home, 'print'));
  expect(segments.map(providerOf).sort()).toEqual(['cpu', 'wasm']);
  expect(providerOf('mij3k2-17-0a1b2c3d.seg')).toBe('native');
  const { vectors } = await cacheInfo(folder);
  expect(vectors).toMatchObject([{ rows: 3, providers: ['cpu', 'wasm'] }]);
});
