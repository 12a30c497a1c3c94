import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memberPath, weightsPath } from '../../src/embed/model-paths.js';
import { externalFiles, NotOnnx } from '../../src/embed/onnx-file.js';
import { weightPaths } from '../../src/embed/weights.js';
import { UserError } from '../../src/errors.js';
import { field, onnxWithWeights, tensorIn, varint } from './onnx-bytes.js';

const TINY = fileURLToPath(new URL('../fixtures/embed/tiny-bge-m3/onnx/model.onnx', import.meta.url));

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'denscape-onnx-'));
  file = join(folder, 'model.onnx');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function namesIn(bytes: Uint8Array): Promise<string[]> {
  await writeFile(file, bytes);
  return externalFiles(file);
}

/** A graph inside an attribute inside a node of a graph, `depth` times. */
function nested(depth: number, innermost: Buffer): Buffer {
  let graph = innermost;
  for (let level = 0; level < depth; level++) graph = field(1, field(5, field(6, graph)));
  return field(7, graph);
}

describe('the names of weight files', () => {
  it('are found in initializers, constants, sparse tensors, subgraphs and functions, each once', async () => {
    const constant = (location: string) => field(1, field(5, field(5, tensorIn(location))));
    const graph = Buffer.concat([
      field(5, tensorIn('a.bin')),
      field(5, tensorIn('a.bin')),
      field(15, field(1, tensorIn('sparse.bin'))),
      constant('constant.bin'),
      field(1, field(5, field(6, field(5, tensorIn('then.bin'))))),
      field(1, field(5, field(11, constant('loop.bin')))),
    ]);
    const functions = field(25, field(7, field(5, field(10, tensorIn('function.bin')))));
    const model = Buffer.concat([Buffer.from([8, 8]), field(7, graph), functions]);
    expect(await namesIn(model)).toEqual([
      'a.bin',
      'sparse.bin',
      'constant.bin',
      'then.bin',
      'loop.bin',
      'function.bin',
    ]);
  });

  it('are those of a real export', async () => {
    expect(await externalFiles(TINY)).toEqual(['model.onnx_data']);
  });

  it('are found behind weights that lie inside, which are not read', async () => {
    const inside = 300 << 20;
    const raw = Buffer.concat([varint(9 * 8 + 2), varint(inside)]);
    const tensor = Buffer.concat([varint(5 * 8 + 2), varint(raw.length + inside), raw]);
    const after = field(5, tensorIn('../../outside.bin'));
    const head = Buffer.concat([varint(7 * 8 + 2), varint(tensor.length + inside + after.length), tensor]);
    const handle = await open(file, 'w');
    await handle.write(head, 0, head.length, 0);
    await handle.write(after, 0, after.length, head.length + inside); // between them a hole without blocks
    await handle.close();
    expect(await externalFiles(file)).toEqual(['../../outside.bin']);
    await rm(file);
  });
});

describe('a file that is no graph is refused with what is wrong', () => {
  it.each([
    ['nothing', Buffer.alloc(0), /it is empty/],
    ['text', Buffer.from('version https://git-lfs.github.com/spec/v1'), /unknown wire type|no field/],
    ['zeros', Buffer.alloc(100), /begins no field/],
    ['a model without a graph', Buffer.from([8, 8]), /holds no graph/],
    ['a field longer than the file', field(7, 'abc').subarray(0, 4), /longer than what holds it/],
    ['a number without end', Buffer.alloc(40, 0xff), /more than ten bytes/],
    ['a cut number', Buffer.from([8, 0xff]), /in the middle of a number/],
    ['a graph in a graph without end', nested(200, Buffer.alloc(0)), /more than 100 deep/],
    ['a name of a megabyte', onnxWithWeights('x'.repeat(1 << 20)), /has 1048576 bytes/],
    [
      'too many names',
      field(7, Buffer.concat(Array.from({ length: 20_002 }, (_, index) => field(5, tensorIn(`${index}`))))),
      /more than 20000 files/,
    ],
  ])('%s', async (_, bytes, message) => {
    await expect(namesIn(bytes)).rejects.toThrow(message);
    await expect(weightPaths(folder, 'model.onnx', 'mine')).rejects.toThrow(
      /^model "mine": model\.onnx is not a whole ONNX file: .*; export or download it again$/,
    );
  });
});

describe('whatever the bytes are', () => {
  /** The names, or undefined where the file is refused; any other error fails the test. */
  const names = (bytes: Uint8Array) =>
    namesIn(bytes).catch((error: unknown) => {
      if (error instanceof NotOnnx) return undefined;
      throw error;
    });

  it('random ones give names or a refusal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        await names(bytes);
        await names(Buffer.concat([varint(7 * 8 + 2), varint(bytes.length), bytes]));
      }),
      { numRuns: 300 },
    );
  });

  it('a real export with bytes changed, cut or put in gives names or a refusal', async () => {
    const real = await readFile(TINY);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(real.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.nat(real.length),
        fc.uint8Array({ maxLength: 20 }),
        async (changes, cut, more) => {
          const bytes = Buffer.from(real);
          for (const [at, value] of changes) bytes[at] = value;
          await names(bytes);
          await names(Buffer.concat([bytes.subarray(0, cut), more, bytes.subarray(cut)]));
          await names(bytes.subarray(0, cut));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('a megabyte of the smallest fields, and of the deepest ones, is read through', async () => {
    expect(await names(field(7, Buffer.alloc(1 << 20, Buffer.from([8, 1]))))).toEqual([]);
    const deep = nested(30, Buffer.alloc(0)).subarray(2);
    const many = Buffer.concat(
      Array.from({ length: Math.floor((1 << 20) / deep.length) }, () => field(1, field(5, field(6, deep)))),
    );
    await names(field(7, many));
  });

  it('no name of weights leads outside the folder', async () => {
    const parts = fc.constantFrom(
      '..',
      '.',
      '',
      'a',
      'b.bin',
      'C:',
      '\\..',
      '~',
      'denscape.json',
      '\u0000',
      '...',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(parts, { maxLength: 6 }),
        fc.constantFrom('m.onnx', 'onnx/m.onnx'),
        async (list, graph) => {
          const path = weightsPath(graph, list.join('/'));
          if (path === undefined) return;
          expect(join('/model', path).startsWith('/model/')).toBe(true);
          expect(path.split('/')).not.toContain('..');
          expect(path).toBe(memberPath(path));
          expect(path.toLowerCase()).not.toBe('denscape.json');
        },
      ),
      { numRuns: 2000 },
    );
  });
});

it('a graph that is not there is named', async () => {
  await expect(weightPaths(folder, 'nowhere.onnx', 'mine')).rejects.toThrow(UserError);
});
