import { cacheFolder } from '../cache-folder.js';
import { pickOptions } from '../options/resolve.js';
import type { Settings } from '../options/table.js';
import { describerOptions } from '../options/topics.js';
import type { Watch } from '../progress.js';
import type { Matrix, Topic, TopicLevel } from '../shapes.js';
import { parentsOf } from '../themes/groups.js';
import type { Detector } from '../topics/detector.js';
import {
  type Describer,
  type DescriberOptions,
  nameLevels,
  nameMixedByTopics,
  openDescriber,
  type TopicAnswer,
} from '../topics/index.js';
import type { Analysis } from './analysis.js';

export interface Described extends TopicAnswer {
  themes: Topic[];
  levels: TopicLevel[];
}

/** Divides texts into words and finds their languages and what many share: all that needs no groups. */
export const openTexts = (
  data: Pick<DescriberOptions, 'texts' | 'vectors' | 'counts'>,
  settings: Settings['topics'],
  watch: Watch,
  detector?: Detector,
): Promise<Describer> =>
  openDescriber({ ...data, detector, ...pickOptions(settings, describerOptions), ...watch });

/** Names of topics, of rows in canonical order. */
export function describeTopics(
  describer: Describer,
  { fit, grouping: { topics, persistence } }: Pick<Analysis, 'fit' | 'grouping'>,
  watch: Watch,
): Promise<TopicAnswer> {
  const ofTopics = { labels: topics.labels, clusterCount: topics.count };
  describer.expect([ofTopics]);
  return describer.describe({ ...ofTopics, probabilities: fit.probabilities, persistence }, watch);
}

/**
 * Names of topics, themes and every level, of rows in canonical order; `describer` was opened with `texts`.
 *
 * @param ofTopics names of topics, where they are made already
 */
export async function describe(
  describer: Describer,
  texts: string[],
  vectors: Matrix | undefined,
  groups: Pick<Analysis, 'fit' | 'grouping'>,
  naming: Settings['naming'],
  watch: Watch,
  ofTopics: Promise<TopicAnswer> = describeTopics(describer, groups, watch),
): Promise<Described> {
  const { grouping } = groups;
  const { topics, themes, levels } = grouping;
  const ofLevels = levels.map(({ labels, count: clusterCount }) => ({ labels, clusterCount }));
  describer.expect(ofLevels);
  const described = await ofTopics;
  const parents = parentsOf(topics, themes);
  const found: TopicLevel[] = [];
  for (const [at, level] of levels.entries()) {
    const answer = await describer.describe(ofLevels[at], watch);
    const groups = nameMixedByTopics(answer.topics, described.topics, parentsOf(topics, level));
    found.push({
      groups: groups.map((group) => withParent(group, level.parents[group.id])),
      labels: level.labels,
      modularity: level.modularity,
      silhouette: level.silhouette,
      isTheme: level.isTheme,
    });
  }
  const keyworded = withGivenNames(described.topics, grouping).map((topic) =>
    withParent(topic, parents[topic.id]),
  );
  const named = await nameByModel(
    { texts, vectors, topics: keyworded, labels: topics.labels, levels: found },
    naming,
    watch,
  );
  const own = named.levels.find(({ isTheme }) => isTheme)?.groups;
  const themeTopics =
    own ?? (await describer.describe({ labels: themes.labels, clusterCount: themes.count }, watch)).topics;
  return {
    ...described,
    topics: named.topics,
    themes: themeTopics.map(({ parent, ...theme }) => theme),
    levels: named.levels,
  };
}

const withParent = (topic: Topic, parent: number): Topic => (parent < 0 ? topic : { ...topic, parent });

/** Given topics under their own names; found ones keep theirs. */
function withGivenNames(topics: Topic[], { topics: { labels }, given }: Analysis['grouping']): Topic[] {
  if (!given) return topics;
  const nameOf = new Map<number, string>();
  for (const [row, at] of given.topic.entries()) if (at >= 0) nameOf.set(labels[row], given.names[at]);
  return topics.map((topic) => {
    const name = nameOf.get(topic.id);
    return name === undefined ? topic : { ...topic, name, given: true };
  });
}

interface Nameable {
  texts: string[];
  vectors?: Matrix;
  topics: Topic[];
  /** Topic of each text. */
  labels: Int32Array;
  levels: TopicLevel[];
}

/** Topics and levels with the names of a language model, where one was given. */
async function nameByModel(
  { texts, vectors, topics, labels, levels }: Nameable,
  settings: Settings['naming'],
  watch: Watch,
): Promise<{ topics: Topic[]; levels: TopicLevel[] }> {
  if (!settings) return { topics, levels };
  const { cacheFolder: kept, redact, ...naming } = settings;
  const folder = kept === true ? cacheFolder() : kept === false ? undefined : kept;
  const themeLevel = levels.findIndex(({ isTheme }) => isTheme);
  const [namedTopics, ...namedLevels] = await nameLevels(
    {
      texts,
      vectors,
      levels: [
        { groups: topics, labels, above: themeLevel < 0 ? undefined : themeLevel + 1 },
        ...levels.map((level, at) => ({ ...level, above: at + 1 < levels.length ? at + 2 : undefined })),
      ],
    },
    { ...naming, redact, cacheFolder: folder, ...watch },
  );
  return {
    topics: namedTopics,
    levels: levels.map((level, at) => ({ ...level, groups: namedLevels[at] })),
  };
}
