import type { TreeKernel } from './kernel.js';
import { CHUNK, inChunks, type Pace } from './pace.js';
import type { Vertices } from './points.js';
import type { NumberedEdges } from './sort.js';
import type { Weights } from './weights.js';

/** Edges between vertices in WebAssembly memory. Nearly all are of the first round, for which only the other end is stored. */
export interface Edges {
  /** Pointer, one i32 per vertex: the vertex that the first round joined it to, at its core distance; −1 for none. */
  joined: number;
  /** Pointer to the edges of later rounds: | from capacity i32 | to capacity i32 | weight capacity f32 |. */
  later: number;
  capacity: number;
  /** How many later ones there are. */
  count: number;
}

/** Views of the later edges' columns, to their capacity. */
export function laterColumns({ arena }: TreeKernel, { later, capacity }: Edges) {
  return {
    from: arena.i32(later, capacity),
    to: arena.i32(later + capacity * 4, capacity),
    rounded: arena.f32(later + capacity * 8, capacity),
  };
}

/** Moves the later edges to the arena's current end, over working memory that was released. */
export function moveDown({ arena }: TreeKernel, edges: Edges): void {
  const bytes = edges.capacity * 12;
  const later = arena.alloc(bytes);
  arena.u8(0, edges.later + bytes).copyWithin(later, edges.later);
  edges.later = later;
}

/** Lists the edges that the first round joined vertices by, which weigh their core distances, from place `at` on. Returns the place after. */
function listJoined(
  joined: Int32Array,
  core: Float64Array,
  start: number,
  end: number,
  numbers: Int32Array,
  keys: Float32Array,
  at: number,
): number {
  let place = at;
  for (let v = start; v < end; v++) {
    if (joined[v] < 0) continue;
    numbers[place] = v;
    keys[place++] = core[v];
  }
  return place;
}

/** Edges weighed at once: with many dimensions some milliseconds. */
const AT_ONCE = 1024;

/** Weights in float64 of edges between vertices, by number of the edge; undefined where the float32 ones are exact. */
export async function weighEdges(
  kernel: TreeKernel,
  edges: Edges,
  exact: Weights,
  pace: Pace,
): Promise<Float64Array | undefined> {
  if (exact.slack === 0) return undefined;
  const { count } = edges;
  const vertices = exact.core.length;
  const weights = new Float64Array(vertices + count);
  // The first round joins a vertex only by an edge that weighs its core distance.
  weights.set(exact.core);
  await pace.chunks(count, AT_ONCE, (start, end) => {
    const { from, to, rounded } = laterColumns(kernel, edges);
    for (let e = start; e < end; e++) {
      // An edge between components that no listed edge joins weighs +∞.
      const isJoint = rounded[e] === Number.POSITIVE_INFINITY;
      weights[vertices + e] = isJoint ? rounded[e] : exact.weigh(from[e], to[e]);
    }
  });
  return weights;
}

/** Writes the numbers at the places start … end − 1 of `order`. */
function gather(from: Float64Array, order: Int32Array, start: number, end: number, to: Float64Array): void {
  for (let at = start; at < end; at++) to[at] = from[order[at]];
}

/**
 * Edges between rows, numbered: vertex v's own of the first round is v, those of later rounds follow, then those by which
 * equal rows hang on their vertex's first row. Holds views of the memory.
 */
export class TreeEdges implements NumberedEdges {
  readonly isRounded: boolean;
  private readonly joined: Int32Array;
  private readonly rounded: Float32Array;
  private readonly vertices: number;
  private readonly hanging: number;
  private readonly rowOf?: Int32Array;
  private readonly vertexOf?: Int32Array;

  constructor(
    private readonly kernel: TreeKernel,
    private readonly edges: Edges,
    private readonly core: Float64Array,
    private readonly weights: Float64Array | undefined,
    { rowOf, vertexOf }: Partial<Vertices> = {},
  ) {
    this.isRounded = weights === undefined;
    this.vertices = core.length;
    this.hanging = this.vertices + edges.count;
    this.rowOf = rowOf;
    this.vertexOf = vertexOf;
    this.joined = kernel.arena.i32(edges.joined, this.vertices);
    this.rounded = laterColumns(kernel, edges).rounded;
  }

  list(numbers: Int32Array, keys: Float32Array): void {
    const { joined, core, vertices, hanging, rowOf, vertexOf } = this;
    let at = 0;
    inChunks(vertices, (start, end) => {
      at = listJoined(joined, core, start, end, numbers, keys, at);
    });
    const add = (edge: number) => {
      numbers[at] = edge;
      keys[at++] = this.weight(edge);
    };
    for (let edge = vertices; edge < hanging; edge++) add(edge);
    if (!rowOf || !vertexOf) return;
    for (let row = 0; row < vertexOf.length; row++) if (rowOf[vertexOf[row]] !== row) add(hanging + row);
  }

  weight(edge: number): number {
    if (edge >= this.hanging) return this.core[this.vertexOf![edge - this.hanging]];
    if (this.weights) return this.weights[edge];
    return edge < this.vertices ? this.core[edge] : this.rounded[edge - this.vertices];
  }

  weigh(order: Int32Array, start: number, end: number, weights: Float64Array): void {
    const known = this.weights;
    if (known && !this.vertexOf) gather(known, order, start, end, weights);
    else for (let at = start; at < end; at++) weights[at] = this.weight(order[at]);
  }

  async ends(order: number, count: number, from: Int32Array, to: Int32Array, pace: Pace): Promise<void> {
    // By pointers, since the memory may grow here and detach all views.
    const { arena, call } = this.kernel;
    const { joined, later, capacity } = this.edges;
    const mark = arena.mark();
    const [left, right] = [arena.alloc(CHUNK * 4), arena.alloc(CHUNK * 4)];
    const [rowOf, vertexOf] = [this.rowOf, this.vertexOf].map((column) => (column ? arena.put(column) : 0));
    await pace.chunks(count, CHUNK, (start, end) => {
      call.readEnds({
        start,
        end,
        order,
        vertices: this.vertices,
        joined,
        laterFrom: later,
        laterTo: later + capacity * 4,
        hanging: this.hanging,
        rowOf,
        vertexOf,
        from: left,
        to: right,
      });
      from.set(arena.i32(left, end - start), start);
      to.set(arena.i32(right, end - start), start);
    });
    arena.release(mark);
  }
}
