import { breathe } from '../breathe.js';
import type { Matrix, Topic } from '../shapes.js';
import { pickOutermost } from './exemplars.js';
import type { Label } from './label.js';
import type { Shown } from './prompt.js';

/** One grouping of the texts, on the way from the smallest groups to the largest. */
export interface NamedLevel {
  /** In the order of their ids. */
  groups: Topic[];
  /** Group of each text, -1 for none. Without it groups have no outermost texts, and no names of the groups inside them. */
  labels?: Int32Array;
  /** The level that `parent` of the groups refers to, as its position in the list; undefined for none. */
  above?: number;
}

interface Part {
  /** Position of the group among those of the level below. */
  at: number;
  /** Share of the larger group's texts. */
  share: number;
}

export interface PreparedLevel extends NamedLevel {
  /** Of each group: rows of its outermost texts, and what of the level below is inside it, largest first. */
  outermost: number[][];
  parts: Part[][];
  /** Positions of the groups that may be named: the largest; those that the caller named keep their names. */
  largestFirst: number[];
}

const OUTERMOST = 3;
/** A smaller share of a group's texts says nothing about it. */
const LEAST_SHARE = 0.03;

/**
 * What stays the same while names come in.
 * @param largest how many groups of each level may be named
 */
export async function prepareLevels(
  { texts, vectors, levels }: { texts: readonly string[]; vectors?: Matrix; levels: NamedLevel[] },
  largest: number,
  signal?: AbortSignal,
): Promise<PreparedLevel[]> {
  const pause = breathe(signal);
  const centrality = { texts, probabilities: new Float64Array(texts.length).fill(1), vectors };
  const prepared: PreparedLevel[] = [];
  for (const [number, level] of levels.entries()) {
    const { groups, labels } = level;
    const largestFirst = Array.from(groups.keys())
      .filter((at) => !groups[at].given)
      .sort((a, b) => groups[b].size - groups[a].size || groups[a].id - groups[b].id)
      .slice(0, largest);
    const outermost = groups.map((): number[] => []);
    // Larger groups are known by the names of those inside.
    if (labels && number === 0) {
      const members = membersOf(groups, labels);
      for (const at of largestFirst) {
        outermost[at] = pickOutermost(members[at], centrality, groups[at].exemplars, OUTERMOST);
        await pause();
      }
    }
    prepared.push({ ...level, outermost, parts: partsOf(level, levels[number - 1]), largestFirst });
    await pause();
  }
  return prepared;
}

/** Texts of each group, ascending. */
function membersOf(groups: Topic[], labels: Int32Array): Int32Array[] {
  const positionOf = new Map(groups.map(({ id }, at) => [id, at]));
  const members = groups.map((): number[] => []);
  for (const [row, label] of labels.entries()) {
    const at = positionOf.get(label);
    if (at !== undefined) members[at].push(row);
  }
  return members.map((rows) => Int32Array.from(rows));
}

/** Of each group of a level: which groups of the level below it holds, by shared texts. */
function partsOf({ groups, labels }: NamedLevel, below: NamedLevel | undefined): Part[][] {
  if (!labels || !below?.labels) return groups.map(() => []);
  const inside = membersOf(groups, labels);
  const positionOf = new Map(below.groups.map(({ id }, at) => [id, at]));
  return inside.map((rows) => {
    const counts = new Map<number, number>();
    for (const row of rows) {
      const at = positionOf.get(below.labels?.[row] ?? -1);
      if (at !== undefined) counts.set(at, (counts.get(at) ?? 0) + 1);
    }
    return [...counts]
      .map(([at, count]) => ({ at, share: count / rows.length }))
      .filter(({ share }) => share >= LEAST_SHARE)
      .sort((a, b) => b.share - a.share || a.at - b.at);
  });
}

/** What the model is shown about a group of a level, with the names found so far. */
export function familyOf(
  levels: PreparedLevel[],
  labels: readonly Map<number, Label>[],
  number: number,
  at: number,
): Shown {
  const { groups, outermost, parts, above } = levels[number];
  const group = groups[at];
  const parents = above === undefined ? undefined : levels[above];
  const parent = parents?.groups.find(({ id }) => id === group.parent);
  const siblings = groups
    .filter((other, place) => place !== at && (!parent || other.parent === group.parent))
    .sort((a, b) => b.size - a.size || a.id - b.id);
  const below = levels[number - 1];
  return {
    group,
    outermost: outermost[at],
    siblings,
    parent,
    parts: parts[at].map((part) => ({
      name: labels[number - 1].get(part.at)?.name ?? below.groups[part.at].name,
      share: part.share,
    })),
  };
}
