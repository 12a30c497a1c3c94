import type { Matrix } from '../shapes.js';
import type { FuzzyGraph } from './graph.js';
import { findIslands, type Islands, islandGraph } from './islands.js';
import type { LayoutPool } from './module.js';
import type { Settings, Start } from './options.js';
import { principalCoordinates } from './pca.js';
import type { Random } from './random.js';
import { spectralVectors } from './spectral.js';
import type { Vertices } from './vertices.js';

/** Start positions of the vertices, vertices × components, 0 to 10 in each dimension. */
export interface StartPositions {
  positions: Float32Array;
  start: Start;
}

/** Standard deviation of the noise that separates vertices at the same position. */
const NOISE = 1e-4;

export async function startPositions(
  pool: LayoutPool,
  graph: FuzzyGraph,
  vertices: Vertices,
  settings: Settings,
  random: Random,
): Promise<StartPositions> {
  const { components, init, vectors, signal } = settings;
  const size = vertices.count * components;
  if (typeof init !== 'string') {
    const given = new Float64Array(size);
    for (let v = 0; v < vertices.count; v++) {
      for (let d = 0; d < components; d++)
        given[v * components + d] = init[vertices.rows[v] * components + d];
    }
    return {
      positions: scaled(given, components, random),
      start: { used: 'given', why: 'positions were given' },
    };
  }
  if (init === 'pca' && vectors) {
    const principal = await principalCoordinates(rowsOf(vectors, vertices.rows), components, random, signal);
    return { positions: scaled(principal, components, random), start: { used: 'pca', why: 'requested' } };
  }
  if (init === 'spectral') return spectralStart(pool, graph, vertices, settings, random);
  return { positions: randomPositions(size, random), start: { used: 'random', why: 'requested' } };
}

async function spectralStart(
  pool: LayoutPool,
  graph: FuzzyGraph,
  vertices: Vertices,
  settings: Settings,
  random: Random,
): Promise<StartPositions> {
  const { components, vectors, signal } = settings;
  const { arena } = pool.kernel;
  const size = vertices.count * components;
  if (vertices.count <= components + 1) {
    const why = `${vertices.count} different rows are too few for ${components} eigenvectors`;
    return { positions: randomPositions(size, random), start: { used: 'random', why } };
  }
  const islands = findIslands(
    arena.i32(graph.offsets, graph.vertices + 1),
    arena.i32(graph.tails, graph.edges),
  );
  if (islands.count === 1) {
    const {
      vectors: found,
      hasConverged,
      products,
    } = await spectralVectors(pool, graph, components, random, settings);
    if (hasConverged || !vectors) {
      const why = hasConverged
        ? 'requested'
        : `stopped after ${products} products of the graph: smooth, if not the smoothest`;
      return { positions: scaled(found, components, random), start: { used: 'spectral', why } };
    }
    const principal = await principalCoordinates(rowsOf(vectors, vertices.rows), components, random, signal);
    const why = `the eigenvectors had not converged after ${products} products of the graph`;
    return { positions: scaled(principal, components, random), start: { used: 'pca', why } };
  }
  const positions = await islandPositions(pool, graph, vertices, islands, settings, random);
  const why = `the graph has ${islands.count} islands; each is laid out by its own eigenvectors`;
  return { positions: scaled(positions, components, random), start: { used: 'spectral', why } };
}

/**
 * Every island by its own eigenvectors in a ball that grows with its size; the balls don't overlap. Given vectors,
 * an island lies in the direction in which its mean lies, seen from the largest one.
 */
async function islandPositions(
  pool: LayoutPool,
  graph: FuzzyGraph,
  vertices: Vertices,
  islands: Islands,
  settings: Settings,
  random: Random,
): Promise<Float64Array> {
  const { components, vectors, signal } = settings;
  const { arena } = pool.kernel;
  const directions = await islandDirections(vertices, islands, components, random, vectors, signal);
  const radii = Float64Array.from(islands.sizes, (size) => size ** (1 / Math.min(2, components)));
  const centres = placeBalls(directions, radii, components);
  const members: number[][] = Array.from({ length: islands.count }, () => []);
  for (let v = 0; v < vertices.count; v++) members[islands.of[v]].push(v);
  const positions = new Float64Array(vertices.count * components);
  for (let island = 0; island < islands.count; island++) {
    const rows = members[island];
    let inside: Float64Array = Float64Array.from(
      { length: rows.length * components },
      () => 2 * random.uniform() - 1,
    );
    if (rows.length > 2 * components) {
      const mark = arena.mark();
      const part = islandGraph(arena, graph, Int32Array.from(rows));
      ({ vectors: inside } = await spectralVectors(pool, part, components, random, settings));
      arena.release(mark);
    }
    let most = 1e-300;
    for (const value of inside) most = Math.max(most, Math.abs(value));
    for (let r = 0; r < rows.length; r++) {
      for (let d = 0; d < components; d++) {
        positions[rows[r] * components + d] =
          centres[island * components + d] + (radii[island] * inside[r * components + d]) / most;
      }
    }
  }
  return positions;
}

/** islands × components unit vectors, the first of them unused. */
async function islandDirections(
  vertices: Vertices,
  islands: Islands,
  components: number,
  random: Random,
  vectors: Matrix | undefined,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const directions = new Float64Array(islands.count * components);
  if (vectors) {
    const { cols } = vectors;
    const means = new Float32Array(islands.count * cols);
    for (let v = 0; v < vertices.count; v++) {
      const island = islands.of[v];
      for (let c = 0; c < cols; c++) {
        means[island * cols + c] += vectors.data[vertices.rows[v] * cols + c] / islands.sizes[island];
      }
    }
    const matrix = { data: means, rows: islands.count, cols };
    directions.set(await principalCoordinates(matrix, components, random, signal));
    for (let i = islands.count - 1; i >= 0; i--) {
      for (let d = 0; d < components; d++) directions[i * components + d] -= directions[d];
    }
  }
  const golden = Math.PI * (3 - Math.sqrt(5));
  for (let i = 0; i < islands.count; i++) {
    const at = i * components;
    let length = Math.hypot(...directions.subarray(at, at + components));
    if (!(length > 0)) {
      if (components === 1) directions[at] = i % 2 ? 1 : -1;
      else directions.set([Math.cos(i * golden), Math.sin(i * golden)], at);
      length = 1;
    }
    for (let d = 0; d < components; d++) directions[at + d] /= length;
  }
  return directions;
}

/** Centres of balls that don't overlap: each goes outwards in its direction until it is free. */
function placeBalls(directions: Float64Array, radii: Float64Array, components: number): Float64Array {
  const count = radii.length;
  const centres = new Float64Array(count * components);
  for (let i = 1; i < count; i++) {
    // The smallest distance t along the direction u with |t·u − c| ≥ r for every ball so far.
    let t = 0;
    for (let isFree = false; !isFree; ) {
      isFree = true;
      for (let j = 0; j < i; j++) {
        const reach = 1.2 * (radii[i] + radii[j]);
        let along = 0;
        let square = 0;
        for (let d = 0; d < components; d++) {
          along += directions[i * components + d] * centres[j * components + d];
          square += centres[j * components + d] ** 2;
        }
        if (t * t - 2 * t * along + square >= reach * reach * (1 - 1e-9)) continue;
        t = along + Math.sqrt(Math.max(0, along * along - square + reach * reach));
        isFree = false;
      }
    }
    for (let d = 0; d < components; d++) centres[i * components + d] = t * directions[i * components + d];
  }
  return centres;
}

function randomPositions(size: number, random: Random): Float32Array {
  return Float32Array.from({ length: size }, () => 10 * random.uniform());
}

function rowsOf(vectors: Matrix, rows: Int32Array): Matrix {
  if (rows.length === vectors.rows) return vectors;
  const data = new Float32Array(rows.length * vectors.cols);
  for (let i = 0; i < rows.length; i++) {
    data.set(vectors.data.subarray(rows[i] * vectors.cols, (rows[i] + 1) * vectors.cols), i * vectors.cols);
  }
  return { data, rows: rows.length, cols: vectors.cols };
}

/** 0 to 10 in each dimension, with a little noise; a dimension without extent becomes random. */
function scaled(positions: Float64Array, components: number, random: Random): Float32Array {
  const count = positions.length / components;
  const out = new Float32Array(positions.length);
  for (let d = 0; d < components; d++) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = d; i < positions.length; i += components) {
      low = Math.min(low, positions[i]);
      high = Math.max(high, positions[i]);
    }
    const factor = 10 / (high - low);
    const isFlat = !Number.isFinite(factor);
    for (let i = 0; i < count; i++) {
      const at = i * components + d;
      out[at] = isFlat ? 10 * random.uniform() : (positions[at] - low) * factor + NOISE * random.normal();
    }
  }
  return out;
}
