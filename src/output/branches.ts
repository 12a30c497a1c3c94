import { PALETTE, PLAIN_SHADE, spreadShades } from './palette.js';
import { placeTopics, type TopicPlace } from './places.js';

/** Groups, and the group of each row; -1 is none. */
export interface Grouped {
  groups: readonly { id: number; size: number }[];
  labels: Int32Array;
}

/** A level above the topics. */
export type Level = Grouped & { isTheme: boolean };

/**
 * Places and colours of the topics and of every level, in their order. Each branch of the hierarchy has a colour, and
 * the groups inside it are shades of that colour, so that regions of the map read as branches. Without levels each topic
 * has a colour of the palette. The picture and the map's page are both drawn from what this returns.
 * @param levels Finest first.
 */
export function placeHierarchy(
  points: Float32Array,
  topics: Grouped,
  levels: readonly Level[],
): { topics: TopicPlace[]; levels: TopicPlace[][] } {
  const placed = levels.map(({ groups, labels }) => placeTopics(points, labels, groups));
  const ofTopics = placeTopics(points, topics.labels, topics.groups);
  const at = branchLevel(levels);
  if (at < 0) return { topics: ofTopics, levels: placed };
  const branches = levels[at];
  const colors = new Map(branches.groups.map(({ id }, i) => [id, placed[at][i].color]));
  const inBranches = (grouped: Grouped, places: TopicPlace[], isFiner: boolean) =>
    colored(grouped, places, branches.labels, colors, isFiner);
  return {
    topics: inBranches(topics, ofTopics, true),
    levels: levels.map((level, l) => (l === at ? placed[l] : inBranches(level, placed[l], l < at))),
  };
}

/** The level whose groups have a colour each: the themes, or the next coarser one that the palette is enough for. */
function branchLevel(levels: readonly Level[]): number {
  const themes = levels.findIndex(({ isTheme }) => isTheme);
  const first = Math.max(0, themes);
  const fits = levels.findIndex(({ groups }, l) => l >= first && groups.length <= PALETTE.light.length);
  return fits >= 0 ? fits : levels.length - 1;
}

/** Groups in the colour of the branch that most of their rows are in; finer ones in its shades. */
function colored(
  { groups, labels }: Grouped,
  places: TopicPlace[],
  branchOfRow: Int32Array,
  colors: ReadonlyMap<number, number>,
  isFiner: boolean,
): TopicPlace[] {
  const rowsIn = new Map<number, Map<number, number>>();
  for (let row = 0; row < labels.length; row++) {
    const counts = rowsIn.get(labels[row]) ?? new Map<number, number>();
    counts.set(branchOfRow[row], (counts.get(branchOfRow[row]) ?? 0) + 1);
    rowsIn.set(labels[row], counts);
  }
  const branchOf = groups.map(({ id }) => {
    const counts = [...(rowsIn.get(id) ?? [])].filter(([branch]) => branch >= 0);
    return counts.sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? -1;
  });
  const shades = new Uint8Array(groups.length).fill(PLAIN_SHADE);
  if (isFiner)
    for (const branch of new Set(branchOf)) {
      const members = [...groups.keys()]
        .filter((i) => branchOf[i] === branch)
        .sort((a, b) => groups[b].size - groups[a].size || groups[a].id - groups[b].id);
      const spread = spreadShades(
        members.map((i) => places[i].x),
        members.map((i) => places[i].y),
      );
      for (const [k, i] of members.entries()) shades[i] = spread[k];
    }
  return places.map((place, i) => {
    return { ...place, color: colors.get(branchOf[i]) ?? place.color, shade: shades[i] };
  });
}
