import type { Topic } from '../shapes.js';
import type { Described } from './describe.js';
import type { Grouping } from './grouping.js';

/** Ids of topics and themes, which stay the same while rows are added. Inside, groups count from 0 by size. */
export interface GroupIds {
  /** By place of the topic. */
  topics: Int32Array;
  /** By place of the theme. */
  themes: Int32Array;
}

/** Topics, themes and levels of documents under the ids that people see. */
export interface ShownGroups {
  labels: Int32Array;
  themes: Int32Array;
  nearest: Int32Array;
  topics: Topic[];
  themeTopics: Topic[];
  levels: Described['levels'];
}

/** The groups under their ids; without any, places are ids. */
export function showIds(grouping: Grouping, described: Described, ids?: GroupIds): ShownGroups {
  const { topics, themes, nearest } = grouping;
  if (!ids) {
    return {
      labels: topics.labels,
      themes: themes.labels,
      nearest: nearest.topic,
      topics: described.topics,
      themeTopics: described.themes,
      levels: described.levels,
    };
  }
  const seen = (labels: Int32Array, of: Int32Array) => labels.map((place) => (place < 0 ? -1 : of[place]));
  const named = (groups: Topic[], own?: Int32Array, above?: Int32Array) =>
    groups.map((group) => ({
      ...group,
      id: own ? own[group.id] : group.id,
      ...(group.parent !== undefined && { parent: above ? above[group.parent] : group.parent }),
    }));
  return {
    labels: seen(topics.labels, ids.topics),
    themes: seen(themes.labels, ids.themes),
    nearest: seen(nearest.topic, ids.topics),
    topics: named(described.topics, ids.topics, ids.themes),
    themeTopics: named(described.themes, ids.themes),
    levels: described.levels.map((level, at) => {
      const isBelowThemes = described.levels[at + 1]?.isTheme === true;
      return {
        ...level,
        groups: named(
          level.groups,
          level.isTheme ? ids.themes : undefined,
          isBelowThemes ? ids.themes : undefined,
        ),
        labels: level.isTheme ? seen(level.labels, ids.themes) : level.labels,
      };
    }),
  };
}
