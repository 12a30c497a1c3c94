/** A pair of groups that may correspond. */
export interface Pair {
  /** Places of the groups. */
  before: number;
  after: number;
  /** Above 0. */
  weight: number;
}

/**
 * The one-to-one matching of greatest total weight (Kuhn 1955, in the form of Jonker and Volgenant 1987: shortest
 * augmenting paths). Groups that no pair joins are matched apart, so the time depends on how many overlap, not on how many
 * there are. The same pairs in any order give the same matching.
 *
 * @returns the pairs that are matched
 */
export function maximumMatching(pairs: readonly Pair[]): Pair[] {
  const sorted = [...pairs].sort((a, b) => a.before - b.before || a.after - b.after);
  return components(sorted).flatMap(matchComponent);
}

/** Pairs that share groups, directly or through others, together. */
function components(pairs: Pair[]): Pair[][] {
  const parent = new Map<string, string>();
  const find = (node: string): string => {
    let root = node;
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root)) root = up;
    parent.set(node, root);
    return root;
  };
  for (const { before, after } of pairs) {
    const [a, b] = [find(`b${before}`), find(`a${after}`)];
    if (a !== b) parent.set(b, a);
  }
  const found = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const root = find(`b${pair.before}`);
    found.set(root, [...(found.get(root) ?? []), pair]);
  }
  return [...found.values()];
}

function matchComponent(pairs: Pair[]): Pair[] {
  const left = [...new Set(pairs.map(({ before }) => before))];
  const right = [...new Set(pairs.map(({ after }) => after))].sort((a, b) => a - b);
  const isWide = left.length <= right.length;
  const [lines, columns] = isWide ? [left, right] : [right, left];
  const columnOf = new Map(columns.map((group, at) => [group, at]));
  const lineOf = new Map(lines.map((group, at) => [group, at]));
  const known = new Map<number, Pair>();
  const costs = lines.map(() => new Float64Array(columns.length));
  for (const pair of pairs) {
    const line = lineOf.get(isWide ? pair.before : pair.after) ?? 0;
    const column = columnOf.get(isWide ? pair.after : pair.before) ?? 0;
    costs[line][column] = -pair.weight;
    known.set(line * columns.length + column, pair);
  }
  const columnOfLine = assign(costs, columns.length);
  // A line that got a column without a pair is matched with nothing.
  return [...columnOfLine].flatMap((column, line) => known.get(line * columns.length + column) ?? []);
}

/** Column of each line such that the sum of costs is least; at most as many lines as columns. */
function assign(costs: readonly Float64Array[], columns: number): Int32Array {
  const lines = costs.length;
  // Potentials and partners, counted from 1; 0 stands for none.
  const linePotential = new Float64Array(lines + 1);
  const columnPotential = new Float64Array(columns + 1);
  const lineOf = new Int32Array(columns + 1);
  const before = new Int32Array(columns + 1);
  for (let line = 1; line <= lines; line++) {
    lineOf[0] = line;
    let column = 0;
    const least = new Float64Array(columns + 1).fill(Number.POSITIVE_INFINITY);
    const isDone = new Uint8Array(columns + 1);
    do {
      isDone[column] = 1;
      const current = lineOf[column];
      let delta = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let to = 1; to <= columns; to++) {
        if (isDone[to]) continue;
        const cost = costs[current - 1][to - 1] - linePotential[current] - columnPotential[to];
        if (cost < least[to]) {
          least[to] = cost;
          before[to] = column;
        }
        if (least[to] < delta) {
          delta = least[to];
          next = to;
        }
      }
      for (let to = 0; to <= columns; to++) {
        if (isDone[to]) {
          linePotential[lineOf[to]] += delta;
          columnPotential[to] -= delta;
        } else least[to] -= delta;
      }
      column = next;
    } while (lineOf[column] !== 0);
    for (; column !== 0; column = before[column]) lineOf[column] = lineOf[before[column]];
  }
  const columnOf = new Int32Array(lines);
  for (let to = 1; to <= columns; to++) if (lineOf[to] > 0) columnOf[lineOf[to] - 1] = to - 1;
  return columnOf;
}
