// What the host writes for the descent, at the fields' offsets that the build exports (src/layout/descent.ts, tasks.ts).

/** The edges between two blocks of vertices, or inside one. */
@unmanaged
export class Task {
  /** first edge and end; a multiple of 4 edges, fillers of weight 0 last. */
  first: i32;
  end: i32;
  /** the numbers of the blocks that the edges' heads and tails are in. */
  headBlock: i32;
  tailBlock: i32;
  /** of the heads' block: first vertex, and how many. */
  headFirst: i32;
  headCount: i32;
  /** of the tails' block. */
  tailFirst: i32;
  tailCount: i32;
}

/** One optimisation, of all epochs. */
@unmanaged
export class Descent {
  epochs: i32;
  /** tasks of an epoch: those between two blocks first, a round's together; those inside one block are the last round. */
  count: i32;
  /** how many of them are between two blocks. */
  between: i32;
  /** tasks of a round that are between two blocks. */
  perRound: i32;
  /** tasks that one call does. */
  perCall: i32;
  /** parts of an epoch's tasks, each for one thread as long as it needn't wait, see lanes.ts. */
  lanes: i32;
  /** int32: where the tasks of each lane begin in laneTasks, and the end; the numbers of an epoch's tasks, in the order of each lane. */
  laneStarts: usize;
  laneTasks: usize;
  /** a counter of begun tasks for each lane, int32, each on a cache line of its own (64 bytes). */
  begun: usize;
  /** a counter of finished tasks for each block, int32, each on a cache line of its own (64 bytes). */
  done: usize;
  /** whether thread 0 may sleep: a page's own thread may not. */
  maySleep: i32;
  tasks: usize;
  /** a vertex each edge, int32, and the weight, float32. */
  heads: usize;
  tails: usize;
  weights: usize;
  /** vertices × floats float32. */
  positions: usize;
  /** gradients by squared distance, see gradient.ts. */
  pull: usize;
  push: usize;
  seed: i32;
  /** how many times four vertices each end of an edge is pushed from when it fires, 1 or more. */
  fours: i32;
  /** share of these pushes that counts, so that they weigh as much as those of the number of vertices asked for. */
  pushShare: f32;
  learningRate: f32;
  /** numbers that a position takes: 2, or a multiple of 4. */
  floats: i32;
}

/** A counter of finished chunks, on a cache line of its own. */
@unmanaged
export class Barrier {
  finished: i32;
  /** whether thread 0 may sleep: a page's own thread may not. */
  maySleep: i32;
}

/** One step of a spectral filter, see spectral.ts. */
@unmanaged
export class FilterStep {
  scale: f32;
  centre: f32;
  keep: f32;
}
