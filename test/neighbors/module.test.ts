import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openSearcher } from '../../src/neighbors/open.js';
import type { NeighborGraph } from '../../src/shapes.js';
import { firstKnown } from '../../src/wasm/kernel.js';

const run = promisify(execFile);

/** Numbers that any process makes the same; its text goes into another one. */
function points() {
  const data = Float32Array.from({ length: 700 * 96 }, (_, at) => (Math.sin(at * 12.9898) * 43758.5453) % 1);
  return { data, rows: 700, cols: 96 };
}

const digest = ({ indices, distances }: NeighborGraph) =>
  createHash('sha256').update(indices).update(distances).digest('hex');

// Node 20 knows relaxed SIMD behind a flag only.
const flags = Number(process.versions.node.split('.')[0]) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];

test.each([1, 2])(
  'relaxed SIMD finds the same neighbours at the same distances, on %i threads',
  async (threads) => {
    const searcher = await openSearcher(points(), { engine: 'wasm', threads });
    const graph = await searcher.search(20);
    searcher.close();
    const build = new URL('../../build/', import.meta.url);
    const script = `
    import { createHash } from 'node:crypto';
    import relaxed from '${new URL('wasm/neighbors-relaxed.js', build)}';
    import { neighborsModule } from '${new URL('neighbors/module.js', build)}';
    import { openSearcher } from '${new URL('neighbors/open.js', build)}';
    ${points}
    const searcher = await openSearcher(points(), { engine: 'wasm', threads: ${threads} });
    const { indices, distances } = await searcher.search(20);
    searcher.close();
    const isRelaxed = neighborsModule().text === relaxed;
    console.log(JSON.stringify({ isRelaxed, digest: createHash('sha256').update(indices).update(distances).digest('hex') }));`;
    const { stdout } = await run(process.execPath, [...flags, '--input-type=module', '--eval', script]);
    expect(JSON.parse(stdout)).toEqual({ isRelaxed: true, digest: digest(graph) });
  },
);

test('a module that the engine does not know gives way to the plain one', () => {
  // 0, 97, 115, 109, then the version: the smallest module of it, as text.
  const plain = '0!Q!d!^1000';
  const unknown = '0!Q!d!^2000';
  expect(firstKnown(unknown, plain)).toBe(plain);
  expect(firstKnown(plain, unknown)).toBe(plain);
});
