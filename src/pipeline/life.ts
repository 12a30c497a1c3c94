import type { GroupColors } from '../output/branches.js';
import type { Step } from '../run/format.js';
import type { EarlierGroups } from '../themes/earlier.js';
import type { GroupIds } from './group-ids.js';

/** What a run remembers of its past: ids, names that people gave, and what was done. */
export interface RunLife {
  ids: GroupIds;
  /** The first ids that no group ever had. */
  nextTopic: number;
  nextTheme: number;
  /** Names that people gave, by id. */
  edits: { topics: Record<string, string>; themes: Record<string, string> };
  /** Oldest first. */
  history: Step[];
  /** Options of the cut with which the run was made, by their paths; undefined for a run that was never cut anew. */
  firstCut?: Record<string, unknown>;
  /** Ids of the groups of the cut with the run's own options, where another cut was made since. */
  ownIds?: GroupIds;
  /** Groups that the cut with the run's own options favours, by document: those before rows were last added. */
  earlier?: EarlierGroups;
  /** Colours on the map of all groups before the last change, which those that are still there keep; undefined before the first one. */
  colors?: GroupColors;
}

/** Rows that were added since a run began, and in how many steps; undefined where none were. */
export function addedRows(history: readonly Step[] = []): { rows: number; steps: number } | undefined {
  const steps = history.filter(({ did }) => did === 'add').length;
  const [first, last] = [history[0], history[history.length - 1]];
  return steps > 0 ? { rows: last.rows - first.rows, steps } : undefined;
}

/** The life of a run that begins: groups have their places as ids. */
export function newLife(topics: number, themes: number, rows: number): RunLife {
  return {
    ids: {
      topics: Int32Array.from({ length: topics }, (_, place) => place),
      themes: Int32Array.from({ length: themes }, (_, place) => place),
    },
    nextTopic: topics,
    nextTheme: themes,
    edits: { topics: {}, themes: {} },
    history: [{ did: 'cluster', rows, topics, themes }],
  };
}
