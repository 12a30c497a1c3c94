import { UserError } from '../errors.js';
import type { Topic } from '../shapes.js';
import type { LivingParts } from './evolve.js';

/** Names by id. */
export interface Names {
  topics?: Readonly<Record<number, string>>;
  themes?: Readonly<Record<number, string>>;
}

/**
 * A run with other names of topics and themes. They stay with their ids through every later change.
 * @throws UserError for an id that the run doesn't have, and for an empty name
 */
export function renameRun(before: LivingParts, { topics = {}, themes = {} }: Names): LivingParts {
  const { described, life, corpus } = before;
  const { ids, edits, history } = life;
  const named = {
    topics: renamed('topic', described.topics, ids.topics, topics),
    themes: renamed('theme', described.themes, ids.themes, themes),
  };
  return {
    ...before,
    described: {
      ...described,
      ...named,
      levels: described.levels.map((level) =>
        level.isTheme
          ? {
              ...level,
              groups: level.groups.map((group) => ({ ...group, name: named.themes[group.id].name })),
            }
          : level,
      ),
    },
    life: {
      ...life,
      edits: {
        topics: { ...edits.topics, ...trimmed(topics) },
        themes: { ...edits.themes, ...trimmed(themes) },
      },
      history: [...history, { did: 'rename', rows: corpus.table.rows, topics, themes }],
    },
  };
}

const trimmed = (names: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(names).map(([id, name]) => [id, name.trim()]));

function renamed(
  kind: 'topic' | 'theme',
  groups: readonly Topic[],
  ids: Int32Array,
  names: Readonly<Record<string, string>>,
): Topic[] {
  const placeOf = new Map(Array.from(ids, (id, place) => [String(id), place] as const));
  const given = new Map<number, string>();
  for (const [id, name] of Object.entries(names)) {
    const place = placeOf.get(id);
    const option = `${kind}s`;
    if (place === undefined) {
      throw new UserError(`${kind} ${id} is not in this run; its ${kind}s are ${listed(ids)}`, {
        code: 'OPTION_INVALID',
        option,
      });
    }
    if (name.trim() === '') {
      throw new UserError(`${kind} ${id} needs a name; got an empty one`, { code: 'OPTION_INVALID', option });
    }
    given.set(place, name.trim());
  }
  return groups.map((group) => ({ ...group, name: given.get(group.id) ?? group.name }));
}

const SHOWN = 20;

function listed(ids: Int32Array): string {
  const sorted = [...ids].sort((a, b) => a - b);
  const more = sorted.length > SHOWN ? ` and ${sorted.length - SHOWN} more` : '';
  return `${sorted.slice(0, SHOWN).join(', ')}${more}`;
}
