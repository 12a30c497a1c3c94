import { counted } from '../counted.js';
import { reportedOptions } from '../options/report.js';
import type { Settings } from '../options/table.js';
import type { Findings } from '../pipeline/canonical.js';
import type { Corpus } from '../pipeline/corpus.js';
import type { Groups } from '../themes/groups.js';
import { namesOf } from './evolve.js';
import { keepNames } from './kept-names.js';
import { followGroups } from './lifecycle.js';
import { readRun } from './open.js';

/** Options by which a language model's names are comparable. */
const NAMED_BY = ['nameWith.model', 'nameWith.prompt', 'nameWith.language'];
/** Least Jaccard overlap, over the texts that both runs have, with which a topic keeps its name: more than half are the same. */
const SAME_NAME = 0.5;

/**
 * Names of a new run by a language model, with those of the run that the folder holds where a topic is still the same: a model names
 * a topic otherwise as soon as one of its texts is another. Topics correspond by the rule of `add`, over texts that both runs have.
 * Nothing is kept where the runs were named by other models, prompts or languages, and from a run that can't be opened.
 */
export async function keepEarlierNames(
  folder: string,
  { texts, documents }: Corpus,
  findings: Findings,
  settings: Settings,
): Promise<Findings> {
  if (!settings.naming) return findings;
  const earlier = await readRun(folder).then(
    ({ parts }) => parts,
    () => undefined,
  );
  const [now, then] = [reportedOptions(settings), earlier?.facts.parameters ?? {}];
  if (!earlier || NAMED_BY.some((path) => (now[path] ?? null) !== (then[path] ?? null))) return findings;
  const common = commonDocuments(
    earlier.corpus.documents.gather(earlier.corpus.texts),
    documents.gather(texts),
  );
  const { analysis, described } = findings;
  const names = namesOf(earlier);
  const follow = (before: Groups, after: Groups, ids: Int32Array, next: number) =>
    followGroups(
      {
        before: common.before.map((document) => before.labels[document]),
        after: common.after.map((document) => after.labels[document]),
        ...{ beforeCount: before.count, afterCount: after.count, afterSize: after.size },
      },
      ids,
      next,
    );
  const { grouping: was } = earlier.analysis;
  const { ids, nextTopic, nextTheme } = earlier.life;
  const topics = follow(was.topics, analysis.grouping.topics, ids.topics, nextTopic);
  const themes = follow(was.themes, analysis.grouping.themes, ids.themes, nextTheme);
  const same = ({ events }: typeof topics) =>
    new Set(events.flatMap(({ id, overlap = 0 }) => (overlap >= SAME_NAME ? [id] : [])));
  const [keptTopics, keptThemes] = [same(topics), same(themes)];
  const kept = keepNames(
    described,
    {
      topics: names.topics.filter(({ id, given }) => keptTopics.has(id) && !given),
      themes: names.themes.filter(({ id }) => keptThemes.has(id)),
    },
    { ids: { topics: topics.ids, themes: themes.ids }, edits: { topics: {}, themes: {} } },
  );
  const message = `${counted(keptTopics.size, 'topic keeps its name', 'topics keep their names')} of the run in ${folder}`;
  settings.watch.onProgress?.({ stage: 'topics', level: 'info', message });
  // A topic that the caller names has the name of this run.
  const own = kept.topics.map((topic, at) =>
    topic.given ? { ...topic, name: described.topics[at].name } : topic,
  );
  return { ...findings, described: { ...kept, topics: own } };
}

/** Documents of the same text; where a text stands several times, they are paired in their order. */
function commonDocuments(before: readonly string[], after: readonly string[]) {
  const waiting = new Map<string, number[]>();
  for (let at = before.length - 1; at >= 0; at--) {
    const own = waiting.get(before[at]);
    if (own) own.push(at);
    else waiting.set(before[at], [at]);
  }
  const pairs = after.flatMap((text, at): [number, number][] => {
    const other = waiting.get(text)?.pop();
    return other === undefined ? [] : [[other, at]];
  });
  return {
    before: Int32Array.from(pairs, ([document]) => document),
    after: Int32Array.from(pairs, ([, document]) => document),
  };
}
