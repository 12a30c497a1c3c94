import type { TopicInfo } from '../format.js';
import type { App } from './app.js';
import { Naming, nameOf } from './naming.js';
import {
  anchorsOf,
  assign,
  type ClusterTree,
  type Cuts,
  clustersFor,
  planCuts,
  readClusters,
} from './recut.js';
import { type Cut, makeCut, rowsByTopic } from './topics.js';

/** Steps of the slider to each side of the clustering as it came, which stands in the middle. */
export const STEPS = 50;

/** Re-cuts the condensed tree: other numbers of topics, without clustering anew. */
export class Granularity {
  #tree: ClusterTree | undefined;
  #cuts: Cuts | undefined;
  /** Topic id of each cluster of the clustering as it came. */
  #idOf = new Map<number, number>();
  readonly #naming: Naming;

  constructor(
    private readonly app: App,
    private readonly asCame: Cut,
  ) {
    this.#naming = new Naming(app.texts, app.rows);
  }

  /** Reads the tree; false where there is nothing to choose from. */
  async open(): Promise<boolean> {
    const columns = await this.app.tree();
    if (!columns) return false;
    this.#tree = readClusters(columns, this.app.rows);
    const anchors = anchorsOf(this.#tree, this.asCame.labels);
    for (const [id, cluster] of anchors) this.#idOf.set(cluster, id);
    this.#cuts = planCuts(this.#tree, anchors.values());
    return this.#cuts.most > this.#cuts.fewest;
  }

  get tree(): ClusterTree | undefined {
    return this.#tree;
  }

  /** Number of topics at a step from -STEPS (coarsest) to STEPS (finest): equal ratios between steps. */
  topicsAt(step: number): number {
    const { fewest, asCame, most } = this.#cuts!;
    const end = step < 0 ? fewest : most;
    return Math.round(asCame * (end / asCame) ** (Math.abs(step) / STEPS));
  }

  /** The step whose number of topics is nearest. */
  stepFor(topics: number): number {
    const { fewest, asCame, most } = this.#cuts!;
    const end = topics < asCame ? fewest : most;
    if (end === asCame || topics === asCame) return 0;
    const share = Math.log(topics / asCame) / Math.log(end / asCame);
    return Math.round(Math.min(1, Math.max(0, share)) * STEPS) * (topics < asCame ? -1 : 1);
  }

  /** The topic as clustered that holds over two thirds of these rows and consists of them by two thirds; else -1. */
  #mostly(rows: Int32Array): number {
    const counts = new Map<number, number>();
    for (const row of rows) {
      const label = this.asCame.labels[row];
      if (label >= 0) counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    for (const [label, number] of counts)
      if (number > (2 / 3) * rows.length && number > (2 / 3) * (this.asCame.byId.get(label)?.size ?? 0))
        return label;
    return -1;
  }

  /** The cut with about so many topics; the clustering as it came for null. */
  async cut(topics: number | null): Promise<Cut> {
    if (topics === null || !this.#tree || !this.#cuts || topics === this.#cuts.asCame) return this.asCame;
    const tree = this.#tree;
    const clusters = clustersFor(tree, this.#cuts, topics);
    const { cluster, probabilities } = assign(tree, clusters);
    const rows = rowsByTopic(cluster);
    let firstNew = 0;
    for (const id of this.asCame.byId.keys()) firstNew = Math.max(firstNew, id + 1);
    const infos: TopicInfo[] = [];
    const labelOf = new Map<number, number>();
    const names = new Set<string>();
    for (const c of clusters) {
      const members = rows.get(c);
      if (!members) continue; // every row of it belongs to a part that isn't shown
      // The same cluster has the same id at every granularity; one that is mostly an original topic keeps its name.
      const came = this.asCame.byId.get(this.#idOf.get(c) ?? this.#mostly(members));
      const id = came?.id ?? firstNew + c;
      labelOf.set(c, id);
      if (came) {
        infos.push({ ...came, size: members.length });
        names.add(came.name);
        continue;
      }
      const keywords = await this.#naming.keywords(String(c), members);
      let name = nameOf(keywords, `Topic of ${members.length} texts`);
      for (let more = 4; names.has(name) && more <= keywords.length; more++)
        name = keywords.slice(0, more).join(', ');
      names.add(name);
      const strength = tree.stability[c] / (members.length * tree.top);
      infos.push({
        id,
        size: members.length,
        persistence: Number.isFinite(strength) ? Math.min(1, strength) : 1,
        keywords,
        name,
        exemplars: strongest(members, probabilities),
      });
    }
    for (let i = 0; i < cluster.length; i++) if (cluster[i] >= 0) cluster[i] = labelOf.get(cluster[i])!;
    return makeCut(this.app.points, cluster, probabilities, infos);
  }
}

/** Three rows that belong most. */
function strongest(rows: Int32Array, probabilities: Float32Array): number[] {
  const best: number[] = [];
  for (const row of rows) {
    if (best.length === 3 && probabilities[row] <= probabilities[best[2]]) continue;
    best.push(row);
    best.sort((a, b) => probabilities[b] - probabilities[a] || a - b);
    best.length = Math.min(3, best.length);
  }
  return best;
}
