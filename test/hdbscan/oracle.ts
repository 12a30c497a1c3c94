// HDBSCAN* slow and literal: oracle.py of the shared fixtures, line by line, so that tests need no Python. It is the
// definition; it shares no code with what it checks.

export interface OracleParameters {
  minClusterSize: number;
  minSamples: number;
  alpha: number;
  method: 'eom' | 'leaf';
  epsilon: number;
  maxClusterSize: number;
  allowSingleCluster: boolean;
}

export interface OracleResult {
  labels: number[];
  probabilities: number[];
  persistence: number[];
  outlierScores: number[];
  pointLambda: number[];
  births: [number, number][];
  mergeDistances: number[];
  core: number[];
}

const INF = Number.POSITIVE_INFINITY;

/** Euclidean distances of points, in float64. */
export function pointDistances(points: number[][]): number[][] {
  return points.map((a, i) =>
    points.map((b, j) => (i === j ? 0 : Math.sqrt(a.reduce((sum, x, c) => sum + (x - b[c]) ** 2, 0)))),
  );
}

/** A pair's distance is the smaller of the two directions; a pair that no row lists is at +∞. */
export function graphDistances(lists: [number, number][][]): number[][] {
  const n = lists.length;
  const distance = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (__, j) => (i === j ? 0 : INF)),
  );
  for (const [i, list] of lists.entries()) {
    for (const [j, d] of list) {
      if (j < 0 || j === i) continue;
      distance[i][j] = Math.min(distance[i][j], d);
      distance[j][i] = Math.min(distance[j][i], d);
    }
  }
  return distance;
}

type Merge = { level: number; parts: number[] };

function hierarchy(reach: number[][]): Merge[] {
  const n = reach.length;
  const pairs: [number, number, number][] = [];
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) pairs.push([reach[i][j], i, j]);
  pairs.sort((a, b) => (a[0] === b[0] ? 0 : a[0] - b[0]));
  const parent = Array.from({ length: n }, (_, i) => i);
  const node = parent.slice();
  const merges: Merge[] = [];
  const find = (x: number): number => {
    while (parent[x] !== x) x = parent[x];
    return x;
  };
  for (let start = 0; start < pairs.length && merges.length < n; ) {
    const level = pairs[start][0];
    const touched = new Map<number, number[]>();
    let end = start;
    for (; end < pairs.length && pairs[end][0] === level; end++) {
      const a = find(pairs[end][1]);
      const b = find(pairs[end][2]);
      if (a === b) continue;
      const parts = [...(touched.get(a) ?? [node[a]]), ...(touched.get(b) ?? [node[b]])];
      touched.delete(b);
      parent[b] = a;
      touched.set(a, parts);
    }
    for (const [root, parts] of touched) {
      node[root] = n + merges.length;
      merges.push({ level, parts });
    }
    start = end;
  }
  return merges;
}

type Row = { parent: number; child: number; lambda: number; size: number };

function condense(merges: Merge[], n: number, minClusterSize: number): Row[] {
  const size = Array.from({ length: n }, () => 1);
  for (const { parts } of merges) size.push(parts.reduce((sum, part) => sum + size[part], 0));
  const points = (x: number): number[] => {
    const stack = [x];
    const out: number[] = [];
    while (stack.length > 0) {
      const y = stack.pop()!;
      if (y < n) out.push(y);
      else stack.push(...merges[y - n].parts);
    }
    return out;
  };
  const rows: Row[] = [];
  let following = n + 1;
  const queue: [number, number][] = [[n + merges.length - 1, n]];
  while (queue.length > 0) {
    const [x, cluster] = queue.shift()!;
    if (x < n) continue;
    const { level, parts } = merges[x - n];
    const lambda = level > 0 ? 1 / level : INF;
    const large = parts.filter((part) => size[part] >= minClusterSize);
    for (const part of parts) {
      if (size[part] >= minClusterSize) continue;
      for (const child of points(part)) rows.push({ parent: cluster, child, lambda, size: 1 });
    }
    if (large.length === 1) queue.push([large[0], cluster]);
    else {
      for (const part of large) {
        rows.push({ parent: cluster, child: following, lambda, size: size[part] });
        queue.push([part, following++]);
      }
    }
  }
  return rows;
}

function select(rows: Row[], n: number, p: OracleParameters) {
  const clusters = [
    ...new Set([...rows.map((r) => r.parent), ...rows.map((r) => r.child).filter((c) => c >= n)]),
  ];
  clusters.sort((a, b) => a - b);
  const birth = new Map([[n, 0]]);
  const size = new Map([[n, n]]);
  const up = new Map<number, number>();
  const children = new Map<number, number[]>(clusters.map((c) => [c, []]));
  for (const row of rows) {
    if (row.child < n) continue;
    birth.set(row.child, row.lambda);
    children.get(row.parent)!.push(row.child);
    up.set(row.child, row.parent);
    size.set(row.child, row.size);
  }
  const stability = new Map(clusters.map((c) => [c, 0]));
  for (const row of rows) {
    const born = birth.get(row.parent)!;
    if (row.lambda === INF && born === INF) continue;
    stability.set(row.parent, stability.get(row.parent)! + (row.lambda - born) * row.size);
  }
  const own = new Map(stability);
  const below = (c: number): number[] => {
    const out: number[] = [];
    const stack = [...children.get(c)!];
    while (stack.length > 0) {
      const x = stack.pop()!;
      out.push(x);
      stack.push(...children.get(x)!);
    }
    return out;
  };
  let picked: number[];
  if (p.method === 'eom') {
    const considered = clusters.filter((c) => p.allowSingleCluster || c !== n);
    const chosen = new Set(considered);
    for (const c of [...considered].reverse()) {
      const sum = children.get(c)!.reduce((total, x) => total + stability.get(x)!, 0);
      if (sum > stability.get(c)! || (p.maxClusterSize > 0 && size.get(c)! > p.maxClusterSize)) {
        chosen.delete(c);
        stability.set(c, sum);
      } else for (const x of below(c)) chosen.delete(x);
    }
    picked = considered.filter((c) => chosen.has(c));
  } else {
    picked = clusters.filter((c) => children.get(c)!.length === 0 && c !== n);
    if (picked.length === 0) picked = [n];
  }
  if (p.epsilon > 0 && clusters.length > 1) {
    const result: number[] = [];
    const processed = new Set<number>();
    for (const leaf of picked) {
      if (1 / birth.get(leaf)! >= p.epsilon) {
        result.push(leaf);
        continue;
      }
      if (processed.has(leaf)) continue;
      let keep = leaf;
      for (let c = leaf; ; ) {
        const above = up.get(c)!;
        if (above === n) {
          keep = p.allowSingleCluster ? n : c;
          break;
        }
        if (1 / birth.get(above)! > p.epsilon) {
          keep = above;
          break;
        }
        c = above;
      }
      result.push(keep);
      for (const x of below(keep)) processed.add(x);
    }
    const kept = [...new Set(result)];
    const inside = new Set(kept.flatMap(below));
    picked = kept.filter((c) => !inside.has(c));
  }
  return { picked: picked.sort((a, b) => a - b), own, birth, up };
}

export function solve(distance: number[][], p: OracleParameters): OracleResult {
  const n = distance.length;
  const core = distance.map((row, i) => {
    const others = row.filter((_, j) => j !== i).sort((a, b) => (a === b ? 0 : a - b));
    return others.length >= p.minSamples ? others[p.minSamples - 1] : INF;
  });
  const reach = distance.map((row, i) =>
    row.map((d, j) => (i === j ? 0 : Math.max(core[i], core[j], d / p.alpha))),
  );
  const merges = hierarchy(reach);
  const rows = n < 2 ? [] : condense(merges, n, p.minClusterSize);
  const { picked, own, up } = select(rows, n, p);
  const death = new Map<number, number>();
  const home = new Map<number, Row>();
  for (const row of rows) {
    death.set(row.parent, Math.max(death.get(row.parent) ?? 0, row.lambda));
    home.set(row.child, row);
  }
  const number = new Map(picked.map((c, i) => [c, i]));
  const labels: number[] = Array.from({ length: n }, () => -1);
  const probabilities: number[] = Array.from({ length: n }, () => 0);
  const pointLambda = labels.map((_, i) => home.get(i)?.lambda ?? 0);
  for (let i = 0; i < n && n > 1; i++) {
    let c = home.get(i)!.parent;
    while (!number.has(c) && up.has(c)) c = up.get(c)!;
    if (!number.has(c)) continue;
    if (c === n) {
      if (!(picked.length === 1 && p.allowSingleCluster)) continue;
      if (p.epsilon > 0 ? pointLambda[i] < 1 / p.epsilon : pointLambda[i] < death.get(n)!) continue;
    }
    labels[i] = number.get(c)!;
    const top = death.get(c)!;
    probabilities[i] = top === 0 || pointLambda[i] === INF ? 1 : Math.min(pointLambda[i], top) / top;
  }
  const highest = Math.max(0, ...rows.map((row) => row.lambda));
  const persistence = picked.map((c) => {
    const members = labels.filter((label) => label === number.get(c)).length;
    return highest === INF || highest === 0 || members === 0 ? 1 : own.get(c)! / (members * highest);
  });
  const deepest = new Map(death);
  for (const c of [...up.keys()].sort((a, b) => b - a)) {
    deepest.set(up.get(c)!, Math.max(deepest.get(up.get(c)!) ?? 0, deepest.get(c) ?? 0));
  }
  const outlierScores = pointLambda.map((lambda, i) => {
    const top = n < 2 ? 0 : deepest.get(home.get(i)!.parent)!;
    return top === 0 || lambda === INF ? 0 : (top - lambda) / top;
  });
  const births = rows.filter((row) => row.child >= n).map((row): [number, number] => [row.lambda, row.size]);
  const mergeDistances = merges.flatMap(({ level, parts }) =>
    Array.from({ length: parts.length - 1 }, () => level),
  );
  return { labels, probabilities, persistence, outlierScores, pointLambda, births, mergeDistances, core };
}
