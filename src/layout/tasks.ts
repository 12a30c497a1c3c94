import { Task as taskLayout } from '../../build/wasm/layout.js';
import type { Arena } from '../wasm/arena.js';
import { putStructs, type Struct } from '../wasm/struct.js';
import type { FuzzyGraph } from './graph.js';
import type { Random } from './random.js';

/** Edges grouped into tasks that can run concurrently (assembly/layout/descent.ts). */
export interface Tasks {
  /** Per place in the new order its vertex. Blocks are ranges of the new order. */
  order: Int32Array;
  count: number;
  /** Tasks between two blocks: all but the last round. */
  between: number;
  perRound: number;
  /** Pointers; heads and tails are places in the new order. */
  tasks: number;
  heads: number;
  tails: number;
  weights: number;
}

/** Vertices. In smaller blocks the same few would be the negative samples too often within an epoch. */
const LEAST_BLOCK = 400;

/** An even number of blocks, or one: what can run at once is half of it. It depends on the vertices alone. */
export function blocksFor(vertices: number): number {
  if (vertices < 2 * LEAST_BLOCK) return 1;
  const most = vertices < 50_000 ? 16 : 32;
  return Math.min(most, 2 * Math.floor(vertices / (2 * LEAST_BLOCK)));
}

/** Pairs of blocks in rounds in which each block plays once: a round-robin tournament. */
export function tournament(blocks: number): [number, number][] {
  const pairs: [number, number][] = [];
  const ring = blocks - 1;
  for (let round = 0; round < ring; round++) {
    for (let i = 0; i < blocks / 2; i++) {
      const one = (round + i) % ring;
      const other = i === 0 ? ring : (round - i + ring) % ring;
      pairs.push([Math.min(one, other), Math.max(one, other)]);
    }
  }
  return pairs;
}

/** Puts vertices into blocks at random and each edge, once, into the task of its two blocks. */
export function dealTasks(arena: Arena, graph: FuzzyGraph, random: Random): Tasks {
  const { vertices } = graph;
  const blocks = blocksFor(vertices);
  const order = Int32Array.from({ length: vertices }, (_, i) => i);
  for (let i = vertices - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  const placeOf = new Int32Array(vertices);
  for (let place = 0; place < vertices; place++) placeOf[order[place]] = place;
  const starts = Int32Array.from({ length: blocks + 1 }, (_, i) => Math.floor((i * vertices) / blocks));
  const blockOf = new Int32Array(vertices);
  for (let i = 0; i < blocks; i++) blockOf.fill(i, starts[i], starts[i + 1]);

  const pairs = blocks > 1 ? tournament(blocks) : [];
  const between = pairs.length;
  for (let i = 0; i < blocks; i++) pairs.push([i, i]);
  const taskOf = new Int32Array(blocks * blocks);
  for (const [task, [one, other]] of pairs.entries()) {
    taskOf[one * blocks + other] = task;
    taskOf[other * blocks + one] = task;
  }
  const offsets = arena.i32(graph.offsets, vertices + 1);
  const graphTails = arena.i32(graph.tails, graph.edges);
  /** Visits every edge once, by its place in the new order: the head in the lower block. */
  const eachEdge = (visit: (task: number, head: number, tail: number, edge: number) => void): void => {
    for (let head = 0; head < vertices; head++) {
      const end = offsets[order[head] + 1];
      const row = blockOf[head] * blocks;
      for (let edge = offsets[order[head]]; edge < end; edge++) {
        const tail = placeOf[graphTails[edge]];
        if (tail > head) visit(taskOf[row + blockOf[tail]], head, tail, edge);
      }
    }
  };
  const sizes = new Int32Array(pairs.length);
  eachEdge((task) => {
    sizes[task]++;
  });
  const tasks: Struct<typeof taskLayout>[] = [];
  let top = 0;
  for (const [task, [one, other]] of pairs.entries()) {
    const end = top + Math.ceil(sizes[task] / 4) * 4;
    const sizeOf = (block: number) => starts[block + 1] - starts[block];
    tasks.push({
      ...{ first: top, end },
      ...{ headFirst: starts[one], headCount: sizeOf(one) },
      ...{ tailFirst: starts[other], tailCount: sizeOf(other) },
    });
    top = end;
  }
  const pointers = {
    heads: arena.alloc(4 * top),
    tails: arena.alloc(4 * top),
    weights: arena.alloc(4 * top),
  };
  const heads = arena.i32(pointers.heads, top);
  const tails = arena.i32(pointers.tails, top);
  const weights = arena.f32(pointers.weights, top).fill(0);
  const graphWeights = arena.f32(graph.weights, graph.edges);
  const cursor = Int32Array.from(tasks, ({ first }) => first);
  eachEdge((task, head, tail, edge) => {
    const to = cursor[task]++;
    heads[to] = head;
    tails[to] = tail;
    weights[to] = graphWeights[edge];
  });
  return {
    ...{ order, count: pairs.length, between, perRound: Math.max(1, blocks / 2) },
    tasks: putStructs(arena, taskLayout, tasks),
    ...pointers,
  };
}
