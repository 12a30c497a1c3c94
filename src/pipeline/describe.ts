import { cacheFolder } from '../embed/places.js';
import { pickOptions } from '../options/resolve.js';
import type { Settings } from '../options/table.js';
import { describerOptions } from '../options/topics.js';
import type { Watch } from '../progress.js';
import type { Matrix, Topic, TopicLevel } from '../shapes.js';
import { parentsOf } from '../themes/groups.js';
import { nameTopics, openDescriber, type TopicAnswer } from '../topics/index.js';
import type { Analysis } from './analysis.js';

export interface Described extends TopicAnswer {
  themes: Topic[];
  levels: TopicLevel[];
}

/** Names of topics, themes and every level, of rows in canonical order. */
export async function describe(
  texts: string[],
  vectors: Matrix | undefined,
  { fit, grouping }: Pick<Analysis, 'fit' | 'grouping'>,
  settings: Pick<Settings, 'topics' | 'naming'>,
  watch: Watch,
): Promise<Described> {
  const { topics, themes, levels } = grouping;
  const options = pickOptions(settings.topics, describerOptions);
  const describer = await openDescriber({ texts, vectors, ...options, ...watch });
  const described = await describer.describe({
    labels: topics.labels,
    clusterCount: topics.count,
    probabilities: fit.probabilities,
    persistence: grouping.persistence,
  });
  const named = await nameByModel(described.topics, texts, settings.naming, watch);
  const parents = parentsOf(topics, themes);
  const found: TopicLevel[] = [];
  for (const level of levels) {
    const answer = await describer.describe({ labels: level.labels, clusterCount: level.count });
    const groups = level.isTheme
      ? await nameByModel(answer.topics, texts, settings.naming, watch)
      : answer.topics;
    found.push({
      groups: groups.map((group) => withParent(group, level.parents[group.id])),
      labels: level.labels,
      modularity: level.modularity,
      silhouette: level.silhouette,
      isTheme: level.isTheme,
    });
  }
  const own = found.find(({ isTheme }) => isTheme)?.groups;
  const themeTopics =
    own ?? (await describer.describe({ labels: themes.labels, clusterCount: themes.count })).topics;
  return {
    ...described,
    topics: named.map((topic) => withParent(topic, parents[topic.id])),
    themes: themeTopics.map(({ parent, ...theme }) => theme),
    levels: found,
  };
}

const withParent = (topic: Topic, parent: number): Topic => (parent < 0 ? topic : { ...topic, parent });

async function nameByModel(
  topics: Topic[],
  texts: string[],
  settings: Settings['naming'],
  watch: Watch,
): Promise<Topic[]> {
  if (!settings) return topics;
  const { cacheFolder: kept, ...naming } = settings;
  const folder = kept === true ? cacheFolder() : kept === false ? undefined : kept;
  return nameTopics(topics, texts, { ...naming, cacheFolder: folder, ...watch });
}
