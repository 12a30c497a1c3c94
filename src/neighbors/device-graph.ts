import {
  ElementType,
  floatTensor,
  graph,
  modelPieces,
  node,
  tensorPrefix,
  valueInfo,
} from '../binary/onnx.js';
import { lengthPrefix } from '../binary/protobuf.js';

/*
 * An ONNX model that holds the columns of a search, so that they go to a device once, with its session, and that
 * returns only the lowest keys of each query row.
 *
 * Columns lie in parts of equal width, a few dozen parts in a group. Column j of every part of a group forms block j. Of a
 * group only the blocks with the lowest minima can hold the lowest scores, so TopK runs over minima, and then over the
 * scores of the few blocks that it picked. What it doesn't pick scores no lower than the last that it returns.
 *
 * Both kinds of search are branches of one `If`, so that they share the columns.
 */

/** How the columns of a session are divided. */
export interface ColumnPlan {
  /** Columns of a part. */
  width: number;
  /** Parts of a group. */
  parts: number;
  groups: number;
}

/** Limits of a division; tests have smaller ones. */
export interface ColumnLimits {
  /** Most columns of a part. */
  width: number;
  /** Most parts of a group. */
  parts: number;
}

/**
 * WebGPU's TopK sorts up to 2,048 numbers in the memory of a workgroup, and CUDA's reads its numbers several times:
 * blocks and the scores of those that were picked are both about as many.
 */
export const COLUMN_LIMITS: ColumnLimits = { width: 2048, parts: 32 };

/** The norm of a column that doesn't exist: above every score. Not infinite, which shaders need not support. */
export const NO_COLUMN = 3e38;

/** Divides `count` columns evenly, so that few are left over. */
export function planColumns(count: number, limits: ColumnLimits = COLUMN_LIMITS): ColumnPlan {
  const all = Math.max(1, Math.ceil(count / limits.width));
  const groups = Math.ceil(all / limits.parts);
  const parts = Math.ceil(all / groups);
  // Kernels for products take columns in fours or eights.
  const width = Math.max(8, Math.ceil(count / (parts * groups) / 8) * 8);
  return { width, parts, groups };
}

/** How many are picked at each step for `kept` results: blocks of a group, scores of a group, scores of all. */
export function pickedBy({ width, parts, groups }: ColumnPlan, kept: number) {
  const blocks = Math.min(kept, width);
  const group = Math.min(kept, blocks * parts);
  return { blocks, group, all: Math.min(kept, group * groups) };
}

/**
 * The model as pieces of bytes, to be joined once: `columns` holds plan.width × plan.parts × plan.groups rows or fewer, `norms` one
 * number for each of these.
 *
 * Inputs: `queries` [m, d]; `blocks`, `group`, `all` [1] (int64) as `pickedBy` has them; `foreign` [1] (bool). Where `foreign` is
 * true also `own` [m, 1], the norms of the query rows, `component` [m, 1] (int32) and `components`, `cores` [parts of all groups,
 * width], of the columns.
 * Outputs, ascending by key: `keys` [m, all] and `places` [m, all], numbers of columns as float32. A key is
 * `norm − 2 · query · column`, or where `foreign`: the larger of `own + norm − 2 · query · column` and the column's core, and above
 * all others in the row's own component.
 */
export function columnsModel(
  columns: Float32Array,
  norms: Float32Array,
  cols: number,
  plan: ColumnPlan,
): Uint8Array[] {
  const { float, int32, int64, bool } = ElementType;
  const { width, parts, groups } = plan;
  const all = parts * groups;
  const initializers: Uint8Array[] = [];
  const addSmall = (bytes: Buffer) => initializers.push(lengthPrefix(5, bytes.length), bytes);
  for (let part = 0; part < all; part++) {
    const rows = columns.subarray(part * width * cols, (part + 1) * width * cols);
    const missing = width * cols * 4 - rows.byteLength;
    const head = tensorPrefix(`columns${part}`, float, [width, cols], width * cols * 4);
    initializers.push(lengthPrefix(5, head.length + width * cols * 4), head);
    initializers.push(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
    if (missing > 0) initializers.push(new Uint8Array(missing));
    const lowered = new Float32Array(width).fill(NO_COLUMN);
    lowered.set(norms.subarray(part * width, (part + 1) * width));
    addSmall(floatTensor(`norms${part}`, [width], lowered));
    addSmall(floatTensor(`first${part}`, [1], [part * width]));
    addSmall(indexTensor(`part${part}`, part));
  }
  const steps = Float32Array.from({ length: width }, (_, at) => at);
  addSmall(floatTensor('steps', [width], steps));
  addSmall(floatTensor('far', [1], [NO_COLUMN]));
  const branch = (name: string, isForeign: boolean) => {
    const outputs = [`${name}_keys`, `${name}_places`];
    const content = graph({
      name,
      nodes: searchNodes(name, plan, isForeign),
      inputs: [],
      outputs: outputs.map((output) => valueInfo(output, float, ['m', 'kept'])),
    });
    return { graph: content };
  };
  const choice = node('If', ['foreign'], ['keys', 'places'], {
    then_branch: branch('edge', true),
    else_branch: branch('near', false),
  });
  const rest = graph({
    name: 'neighbors',
    nodes: [choice],
    inputs: [
      valueInfo('queries', float, ['m', cols]),
      ...['blocks', 'group', 'all'].map((name) => valueInfo(name, int64, [1])),
      valueInfo('foreign', bool, [1]),
      valueInfo('own', float, ['m1', 1]),
      valueInfo('component', int32, ['m2', 1]),
      valueInfo('components', int32, ['p1', 'w1']),
      valueInfo('cores', float, ['p2', 'w2']),
    ],
    outputs: [valueInfo('keys', float, ['m', 'kept']), valueInfo('places', float, ['m', 'kept'])],
  });
  return modelPieces([...initializers, rest], { '': 17 });
}

/** A scalar of int64, as `Gather` takes it to leave a dimension out. */
function indexTensor(name: string, value: number): Buffer {
  const head = tensorPrefix(name, ElementType.int64, [], 8);
  const number = Buffer.alloc(8);
  number.writeBigInt64LE(BigInt(value));
  return Buffer.concat([head, number]);
}

/** The nodes of a branch; everything in it is called `<name>_…`, since names of a subgraph may not hide outer ones. */
function searchNodes(name: string, { parts, groups }: ColumnPlan, isForeign: boolean): Buffer[] {
  const nodes: Buffer[] = [];
  const add = (operator: string, inputs: string[], output: string, attributes = {}): string => {
    nodes.push(node(operator, inputs, [output], attributes));
    return output;
  };
  const pick = (from: string, count: string, to: string): [values: string, at: string] => {
    const outputs: [string, string] = [`${to}_values`, `${to}_at`];
    nodes.push(node('TopK', [from, count], outputs, { largest: 0 }));
    return outputs;
  };
  const along = (operator: string, inputs: string[], output: string) =>
    add(operator, inputs, output, { axis: 1 });

  const scoresOf = (part: number): string => {
    const own = `${name}_${part}`;
    const inputs = ['queries', `columns${part}`, `norms${part}`];
    const scores = add('Gemm', inputs, `${own}_scores`, { alpha: { float: -2 }, transB: 1 });
    if (!isForeign) return scores;
    const core = add('Gather', ['cores', `part${part}`], `${own}_core`);
    const square = add('Add', [scores, 'own'], `${own}_square`);
    const key = add('Max', [square, core], `${own}_key`);
    const others = add('Gather', ['components', `part${part}`], `${own}_others`);
    const same = add('Equal', ['component', others], `${own}_same`);
    return add('Where', [same, 'far', key], `${own}_masked`);
  };

  /** Keys and places of a group, sorted. */
  const searchGroup = (group: number): [keys: string, places: string] => {
    const own = `${name}_group${group}`;
    const members = Array.from({ length: parts }, (_, at) => group * parts + at);
    const scores = members.map(scoresOf);
    const minima = parts === 1 ? scores[0] : add('Min', scores, `${own}_minima`);
    const [lowest, blocks] = pick(minima, 'blocks', `${own}_blocks`);
    const block = add('Gather', ['steps', blocks], `${own}_block`);
    const placed = members.map((part) => add('Add', [block, `first${part}`], `${name}_${part}_places`));
    if (parts === 1) return [lowest, placed[0]];
    const picked = members.map((part, at) =>
      along('GatherElements', [scores[at], blocks], `${name}_${part}_picked`),
    );
    const [keys, order] = pick(along('Concat', picked, `${own}_picked`), 'group', `${own}_best`);
    return [
      keys,
      along('GatherElements', [along('Concat', placed, `${own}_placed`), order], `${own}_places`),
    ];
  };

  const found = Array.from({ length: groups }, (_, group) => searchGroup(group));
  let [keys, places] = found[0];
  if (groups > 1) {
    const joined = along(
      'Concat',
      found.map(([values]) => values),
      `${name}_joined`,
    );
    const where = along(
      'Concat',
      found.map(([, columns]) => columns),
      `${name}_where`,
    );
    const [lowest, order] = pick(joined, 'all', `${name}_lowest`);
    keys = lowest;
    places = along('GatherElements', [where, order], `${name}_ordered`);
  }
  add('Identity', [keys], `${name}_keys`);
  add('Identity', [places], `${name}_places`);
  return nodes;
}
