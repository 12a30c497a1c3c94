import { Descent as descentLayout } from '../../build/wasm/layout.js';
import type { Watch } from '../progress.js';
import { putStruct, type Struct } from '../wasm/struct.js';
import { maySleep, putCounters } from './barrier.js';
import type { Curve } from './curve.js';
import { putGradients } from './gradient.js';
import type { FuzzyGraph } from './graph.js';
import type { LayoutPool } from './module.js';
import { paddedTo } from './padded.js';
import { type Random, seedOf } from './random.js';
import { dealLanes, dealTasks } from './tasks.js';

/** Parameters of the optimisation. */
export interface Descent extends Curve {
  epochs: number;
  learningRate: number;
  negativeSampleRate: number;
  repulsionStrength: number;
  seed: number;
  components: number;
}

/** Below so many vertices a task takes thousandths of a millisecond, and a call does a round of them. */
const SMALL = 50_000;

/**
 * Moves vertices from `start`, vertices × components, down the gradient of the fuzzy cross entropy, and returns
 * where they end.
 */
export async function descend(
  pool: LayoutPool,
  graph: FuzzyGraph,
  start: Float32Array,
  descent: Descent,
  random: Random,
  { signal, onProgress }: Watch,
): Promise<Float32Array> {
  const { arena } = pool.kernel;
  const { components, epochs } = descent;
  if (epochs === 0) return start;
  const mark = arena.mark();
  try {
    const tasks = dealTasks(arena, graph, random);
    const floats = floatsOf(components);
    const positions = arena.alloc(4 * graph.vertices * floats);
    const places = arena.f32(positions, graph.vertices * floats).fill(0);
    for (let i = 0; i < graph.vertices; i++) {
      const from = tasks.order[i] * components;
      for (let d = 0; d < components; d++) places[i * floats + d] = start[from + d];
    }
    const { pull, push } = putGradients(arena, descent, descent.repulsionStrength);
    const { order, blocks, ...edges } = tasks;
    const lanes = Math.min(pool.threads, tasks.perRound);
    const dealt = dealLanes(blocks, lanes);
    const perCall = graph.vertices < SMALL ? tasks.perRound : 1;
    const waiting = {
      ...{ lanes, laneStarts: arena.put(dealt.starts), laneTasks: arena.put(dealt.tasks), perCall },
      ...{ begun: putCounters(arena, lanes), done: putCounters(arena, blocks), maySleep: maySleep() },
    };
    const fours = Math.max(1, Math.round(descent.negativeSampleRate / 4));
    const job: Struct<typeof descentLayout> = {
      ...{ ...edges, ...waiting, epochs, positions, pull, push, floats },
      seed: seedOf(descent.seed),
      fours,
      pushShare: descent.negativeSampleRate / (4 * fours),
      learningRate: descent.learningRate,
    };
    const pointer = putStruct(arena, descentLayout, job);
    const report = (epoch: number) =>
      onProgress?.({ stage: 'layout', done: epoch, total: epochs, unit: 'epochs' });
    await pool.run(
      components === 2 ? 'descend2' : 'descendN',
      Math.ceil((tasks.count * epochs) / perCall),
      { pointer },
      {
        signal,
        onChunk: (started) => report(Math.floor((Math.max(0, started - 1) * perCall) / tasks.count)),
      },
    );
    report(epochs);
    const ends = arena.f32(positions, graph.vertices * floats);
    const out = new Float32Array(start.length);
    for (let i = 0; i < graph.vertices; i++) {
      const to = tasks.order[i] * components;
      for (let d = 0; d < components; d++) out[to + d] = ends[i * floats + d];
    }
    return out;
  } finally {
    arena.release(mark);
  }
}

/** Numbers that a position takes: whole vectors of 4, but pairs in two dimensions. */
function floatsOf(components: number): number {
  return components === 2 ? 2 : paddedTo(components);
}
