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
  blocks: number;
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
  if (blocks < 2) return pairs;
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

/** Tasks of an epoch in lanes: those of lane i are `tasks[starts[i]] .. tasks[starts[i + 1]]`, in the order in which it does them. */
export interface Lanes {
  starts: Int32Array;
  tasks: Int32Array;
}

/**
 * Divides the tasks of the rounds of `tournament`, and the last round of those inside a block, into lanes that share few blocks: from
 * round to round a block moves on by one place, so each lane has places that follow each other. Where it borders on another
 * lane, its task comes last in a round, since its next round waits for that.
 */
export function dealLanes(blocks: number, lanes: number): Lanes {
  const places = Math.max(1, Math.floor(blocks / 2));
  const rounds = blocks > 1 ? blocks - 1 : 0;
  const laneOf = (place: number) => Math.floor((place * lanes) / places);
  const tasks: number[][] = Array.from({ length: lanes }, () => []);
  const inOrder = Array.from({ length: places }, (_, place) => place).sort(
    (a, b) => toBorder(b, laneOf, places) - toBorder(a, laneOf, places) || a - b,
  );
  for (let round = 0; round < rounds; round++)
    for (const place of inOrder) tasks[laneOf(place)].push(round * places + place);
  const last = tournament(blocks).slice(-places);
  for (let block = 0; block < blocks; block++) {
    const place = last.findIndex((pair) => pair.includes(block));
    tasks[laneOf(Math.max(0, place))].push(rounds * places + block);
  }
  const starts = new Int32Array(lanes + 1);
  for (const [lane, own] of tasks.entries()) starts[lane + 1] = starts[lane] + own.length;
  return { starts, tasks: Int32Array.from(tasks.flat()) };
}

/** Steps from a place to the nearest one of another lane. */
function toBorder(place: number, laneOf: (place: number) => number, places: number): number {
  for (let step = 1; step < places; step++) {
    const isOther = (other: number) => other >= 0 && other < places && laneOf(other) !== laneOf(place);
    if (isOther(place - step) || isOther(place + step)) return step;
  }
  return places;
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

  const pairs = tournament(blocks);
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
      ...{ headBlock: one, tailBlock: other },
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
    ...{ order, count: pairs.length, blocks, between, perRound: Math.max(1, blocks / 2) },
    tasks: putStructs(arena, taskLayout, tasks),
    ...pointers,
  };
}
