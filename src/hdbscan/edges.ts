import type { Kernel } from '../wasm/kernel.js';
import type { Vertices } from './points.js';
import type { NumberedEdges } from './sort.js';
import type { Weights } from './weights.js';

/** Edges between vertices in WebAssembly memory: nearly all are of the first round, which needs only the other end. */
export interface Edges {
  /** Pointer, one i32 per vertex: whom it was joined to, at its core distance; −1 for no one. */
  joined: number;
  /** Pointer to those of later rounds: | from capacity i32 | to capacity i32 | weight capacity f32 |. */
  later: number;
  capacity: number;
  /** How many later ones there are. */
  count: number;
}

/** Moves later edges down to the top of the arena, where there was something that isn't needed any more. */
export function moveDown({ arena }: Kernel, edges: Edges): void {
  const bytes = edges.capacity * 12;
  const later = arena.alloc(bytes);
  arena.u8(0, edges.later + bytes).copyWithin(later, edges.later);
  edges.later = later;
}

/**
 * Edges between rows, numbered: vertex v's own of the first round is v, those of later rounds follow, then those by which
 * equal rows hang on their vertex's first row. Holds views of the memory.
 */
export class TreeEdges implements NumberedEdges {
  readonly isRounded: boolean;
  private readonly joined: Int32Array;
  private readonly from: Int32Array;
  private readonly to: Int32Array;
  private readonly rounded: Float32Array;
  /** By number, up to the hanging ones; left out where f32 is the truth. */
  private readonly weights?: Float64Array;
  private readonly vertices: number;
  private readonly hanging: number;
  private readonly core: Float64Array;
  private readonly rowOf?: Int32Array;
  private readonly vertexOf?: Int32Array;

  constructor(
    { arena }: Kernel,
    { joined, later, capacity, count }: Edges,
    exact: Weights,
    { rowOf, vertexOf }: Partial<Vertices> = {},
  ) {
    this.isRounded = exact.isRounded;
    this.core = exact.core;
    this.vertices = exact.core.length;
    this.hanging = this.vertices + count;
    this.rowOf = rowOf;
    this.vertexOf = vertexOf;
    this.joined = arena.i32(joined, this.vertices);
    this.from = arena.i32(later, count);
    this.to = arena.i32(later + capacity * 4, count);
    this.rounded = arena.f32(later + capacity * 8, count);
    if (this.isRounded) return;
    const weights = new Float64Array(this.hanging);
    for (let v = 0; v < this.vertices; v++) {
      if (this.joined[v] >= 0) weights[v] = exact.weigh(v, this.joined[v], this.core[v]);
    }
    for (let e = 0; e < count; e++) {
      weights[this.vertices + e] = exact.weigh(this.from[e], this.to[e], this.rounded[e]);
    }
    this.weights = weights;
  }

  list(numbers: Int32Array, keys: Float32Array): void {
    let at = 0;
    const add = (edge: number) => {
      numbers[at] = edge;
      keys[at++] = this.weight(edge);
    };
    for (let v = 0; v < this.vertices; v++) if (this.joined[v] >= 0) add(v);
    for (let edge = this.vertices; edge < this.hanging; edge++) add(edge);
    const { rowOf, vertexOf } = this;
    if (!rowOf || !vertexOf) return;
    for (let row = 0; row < vertexOf.length; row++) if (rowOf[vertexOf[row]] !== row) add(this.hanging + row);
  }

  weight(edge: number): number {
    if (edge >= this.hanging) return this.core[this.vertexOf![edge - this.hanging]];
    if (this.weights) return this.weights[edge];
    return edge < this.vertices ? this.core[edge] : this.rounded[edge - this.vertices];
  }

  start(edge: number): number {
    if (edge >= this.hanging) return this.rowOf![this.vertexOf![edge - this.hanging]];
    return this.row(edge < this.vertices ? edge : this.from[edge - this.vertices]);
  }

  end(edge: number): number {
    if (edge >= this.hanging) return edge - this.hanging;
    return this.row(edge < this.vertices ? this.joined[edge] : this.to[edge - this.vertices]);
  }

  private row(vertex: number): number {
    return this.rowOf ? this.rowOf[vertex] : vertex;
  }
}
