import type { Described } from '../pipeline/describe.js';
import type { RunLife } from '../pipeline/life.js';
import type { Topic } from '../shapes.js';

/**
 * Names of groups after a change: a group that was there before keeps its name, one that people named has theirs, and a new
 * one whose name is taken gets more of its keywords.
 *
 * @param before groups before the change, under their ids
 * @param life ids of the groups after it
 */
export function keepNames(
  described: Described,
  before: { topics: readonly Topic[]; themes: readonly Topic[] },
  { ids, edits }: Pick<RunLife, 'ids' | 'edits'>,
): Described {
  const topics = named(described.topics, before.topics, ids.topics, edits.topics);
  const themes = named(described.themes, before.themes, ids.themes, edits.themes);
  return {
    ...described,
    topics,
    themes,
    levels: described.levels.map((level) =>
      level.isTheme
        ? {
            ...level,
            groups: level.groups.map((group) => {
              const { name, summary } = themes[group.id];
              return { ...group, name, summary };
            }),
          }
        : level,
    ),
  };
}

function named(
  groups: readonly Topic[],
  before: readonly Topic[],
  ids: Int32Array,
  edits: Readonly<Record<string, string>>,
): Topic[] {
  const was = new Map(before.map((group) => [group.id, group]));
  const kept = groups.map(({ id }) => edits[ids[id]] ?? was.get(ids[id])?.name);
  const taken = new Set(kept.filter((name) => name !== undefined));
  return groups.map((group, at): Topic => {
    const name = kept[at] ?? freeName(group, taken);
    taken.add(name);
    const summary = was.get(ids[group.id])?.summary ?? group.summary;
    return { ...group, name, ...(summary !== undefined && { summary }) };
  });
}

/** The group's own name, with as many more keywords as set it apart; at last with a number. */
function freeName({ name, keywords }: Topic, taken: ReadonlySet<string>): string {
  let free = name;
  for (const keyword of keywords) {
    if (!taken.has(free)) return free;
    if (!free.toLowerCase().includes(keyword.toLowerCase())) free = `${free}, ${keyword}`;
  }
  for (let number = 2; taken.has(free); number++) free = `${name} (${number})`;
  return free;
}
