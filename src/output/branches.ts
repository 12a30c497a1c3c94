import { PALETTE, spreadShades } from './palette.js';
import { placeTopics, type TopicPlace } from './places.js';

/** Groups, and the group of each row; -1 is none. */
export interface Grouped {
  groups: readonly { id: number; size: number }[];
  labels: Int32Array;
}

/** A level above the topics. */
export type Level = Grouped & { isTheme: boolean };

/** Colours of topics and themes by their ids: an index into the palette, and the shade. */
export interface GroupColors {
  topics: Readonly<Record<string, [color: number, shade: number]>>;
  themes: Readonly<Record<string, [color: number, shade: number]>>;
}

const NONE: GroupColors = { topics: {}, themes: {} };

/**
 * Places and colours of the topics and of every level, in their order. Each branch of the hierarchy has a colour, and
 * the groups inside it are shades of that colour, so that regions of the map read as branches. Without levels each topic
 * has a colour of the palette. The picture and the map's page are both drawn from what this returns.
 * @param levels Finest first.
 * @param known Colours of topics and themes that had one before rows were added: they keep it, whichever branch they are in now. A
 * branch without one has that of most of its rows, if no other branch has it.
 */
export function placeHierarchy(
  points: Float32Array,
  topics: Grouped,
  levels: readonly Level[],
  known: GroupColors = NONE,
): { topics: TopicPlace[]; levels: TopicPlace[][] } {
  const knownOf = ({ groups }: Grouped, of: GroupColors['topics']) =>
    groups.map(({ id }) => of[id]?.[0] ?? -1);
  const ofTopics = placeTopics(points, topics.labels, topics.groups, knownOf(topics, known.topics));
  const at = branchLevel(levels);
  if (at < 0) return { topics: keeping(topics, ofTopics, known.topics), levels: [] };
  const branches = levels[at];
  const placed = levels.map((level, l) =>
    placeTopics(
      points,
      level.labels,
      level.groups,
      l === at ? branchColors(branches, topics, known) : undefined,
    ),
  );
  const colors = new Map(branches.groups.map(({ id }, i) => [id, placed[at][i].color]));
  const inBranches = (grouped: Grouped, places: TopicPlace[], isFiner: boolean, of = NONE.topics) =>
    colored(grouped, keeping(grouped, places, of), branches.labels, colors, isFiner, of);
  return {
    topics: inBranches(topics, ofTopics, true, known.topics),
    levels: levels.map((level, l) => {
      const of = level.isTheme ? known.themes : NONE.themes;
      return l === at ? placed[l] : inBranches(level, placed[l], l < at, of);
    }),
  };
}

/** Places in the colours and shades that groups have already. */
const keeping = ({ groups }: Grouped, places: TopicPlace[], known: GroupColors['topics']): TopicPlace[] =>
  places.map((place, i) => {
    const own = known[groups[i].id];
    return own ? { ...place, color: own[0], shade: own[1] } : place;
  });

/** The colour that each branch has already: its own where it is a theme, else that of most of its rows; −1 where it has none. */
function branchColors(branches: Level, topics: Grouped, known: GroupColors): number[] {
  const own = branches.groups.map(({ id }) => (branches.isTheme ? (known.themes[id]?.[0] ?? -1) : -1));
  const taken = new Set(own);
  const rowsIn = countPairs(branches.labels, topics.labels);
  const order = [...branches.groups.keys()].sort((a, b) => branches.groups[b].size - branches.groups[a].size);
  for (const i of order) {
    if (own[i] >= 0) continue;
    const rows = new Map<number, number>();
    for (const [topic, count] of rowsIn.get(branches.groups[i].id) ?? []) {
      const color = known.topics[topic]?.[0];
      if (color !== undefined && !taken.has(color)) rows.set(color, (rows.get(color) ?? 0) + count);
    }
    own[i] = mostOf(rows);
    taken.add(own[i]);
  }
  return own;
}

/** How many rows of each group of the first labels are in each group of the second. */
function countPairs(first: Int32Array, second: Int32Array): Map<number, Map<number, number>> {
  const rowsIn = new Map<number, Map<number, number>>();
  for (let row = 0; row < first.length; row++) {
    const counts = rowsIn.get(first[row]) ?? new Map<number, number>();
    counts.set(second[row], (counts.get(second[row]) ?? 0) + 1);
    rowsIn.set(first[row], counts);
  }
  return rowsIn;
}

/** The number from 0 on with the largest count; equal counts: the smaller number; −1 of none. */
const mostOf = (counts: ReadonlyMap<number, number> = new Map()): number =>
  [...counts].filter(([of]) => of >= 0).sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? -1;

/** The level whose groups have a colour each: the themes, or the next coarser one that the palette is enough for. */
function branchLevel(levels: readonly Level[]): number {
  const themes = levels.findIndex(({ isTheme }) => isTheme);
  const first = Math.max(0, themes);
  const fits = levels.findIndex(({ groups }, l) => l >= first && groups.length <= PALETTE.light.length);
  return fits >= 0 ? fits : levels.length - 1;
}

/** Groups in the colour of the branch that most of their rows are in, finer ones in its shades; those with a known colour keep it. */
function colored(
  { groups, labels }: Grouped,
  places: TopicPlace[],
  branchOfRow: Int32Array,
  colors: ReadonlyMap<number, number>,
  isFiner: boolean,
  known: GroupColors['topics'],
): TopicPlace[] {
  const rowsIn = countPairs(labels, branchOfRow);
  const branchOf = groups.map(({ id }) => mostOf(rowsIn.get(id)));
  const shades = Uint8Array.from(places, ({ shade }) => shade);
  if (isFiner)
    for (const branch of new Set(branchOf)) {
      const isOfColor = (i: number) =>
        (known[groups[i].id]?.[0] ?? colors.get(branch)) === colors.get(branch);
      const members = [...groups.keys()]
        .filter((i) => branchOf[i] === branch && isOfColor(i))
        .sort((a, b) => groups[b].size - groups[a].size || groups[a].id - groups[b].id);
      const spread = spreadShades(
        members.map((i) => places[i].x),
        members.map((i) => places[i].y),
        members.map((i) => known[groups[i].id]?.[1] ?? -1),
      );
      for (const [k, i] of members.entries()) shades[i] = spread[k];
    }
  return places.map((place, i) => {
    const color = known[groups[i].id]?.[0] ?? colors.get(branchOf[i]) ?? place.color;
    return { ...place, color, shade: shades[i] };
  });
}
