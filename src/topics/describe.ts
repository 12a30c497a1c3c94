import type { OptionsOf, SettingsOf } from '../options/option.js';
import { resolveOptions } from '../options/resolve.js';
import { topicsOptions } from '../options/topics.js';
import type { Watch } from '../progress.js';
import type { Matrix, Topic } from '../shapes.js';
import { pickDiverse } from './diversity.js';
import { pickExemplars } from './exemplars.js';
import { type ScoredTerm, settlePhrases, type Term, TermCounts } from './keywords.js';
import { detectLanguage, languageOf, loadLanguages, relatedLanguages, stopWords } from './language.js';
import { cleanMarkup, Divider } from './words.js';

/** What stays the same for every grouping of the same texts. */
export interface DescriberOptions extends OptionsOf<typeof topicsOptions> {
  texts: string[];
  /** The texts' vectors, for exemplars. */
  vectors?: Matrix;
}

/** One grouping of the texts: topics, themes, or any level of a hierarchy. */
export interface Grouping {
  /** A label a text, -1 for noise. */
  labels: Int32Array;
  clusterCount: number;
  /** How surely each text belongs to its group; weighs the means that exemplars are near to. Default 1 each. */
  probabilities?: Float64Array;
  /** A number a group, copied to its topic. Default 0 each. */
  persistence?: Float64Array;
}

/** Names any grouping of the texts that it was opened with. */
export interface Describer {
  describe(grouping: Grouping, watch?: Watch): Promise<TopicAnswer>;
}

export type TopicInput = DescriberOptions & Grouping;

export interface TopicAnswer {
  /** In the order of their ids. */
  topics: Topic[];
  /** Languages found, by rows of clustered text, most first; `language` is '' where it can't be told. */
  languages: { language: string; rows: number }[];
}

const EXEMPLARS = 3;
const NAME_WORDS = 3;
// Evenly spread texts beyond these numbers add time, not words.
const TEXTS_COUNTED = 5000;
const TEXTS_COUNTED_IN_ALL = 200_000;
const LEAST_COUNTED = 200;
const TEXTS_DETECTED = 40;

/**
 * Prepares texts so that several groupings of them can be described, one after the other, without reading the texts
 * again.
 */
export async function openDescriber(options: DescriberOptions & Watch): Promise<Describer> {
  const { onProgress, signal } = options;
  const { keywords, language } = resolveOptions(topicsOptions, {
    keywords: options.keywords,
    language: options.language,
  });
  await loadLanguages();
  return {
    describe: (grouping, watch = { onProgress, signal }) =>
      describeGroups({ ...options, keywords, language, ...grouping, ...watch }),
  };
}

/** Describes one grouping; see `openDescriber` for several groupings of the same texts. */
export async function describeTopics(input: TopicInput & Watch): Promise<TopicAnswer> {
  return (await openDescriber(input)).describe(input, input);
}

/**
 * Describes each cluster by keywords (class-based TF-IDF, redundancy removed), a name made of the first of them,
 * and its most central different texts. The noise counts as one more class, so that words common everywhere weigh
 * little. Every topic gets a name, whatever its texts hold.
 */
async function describeGroups(
  input: Omit<TopicInput, 'keywords' | 'language'> & SettingsOf<typeof topicsOptions> & Watch,
): Promise<TopicAnswer> {
  const { texts, labels, clusterCount, persistence, signal, onProgress } = input;
  const probabilities = input.probabilities ?? new Float64Array(texts.length).fill(1);
  const wanted = input.keywords;
  const given = input.language === undefined ? undefined : languageOf(input.language);
  const groups = groupByLabel(labels, clusterCount);
  const counts = new TermCounts();
  const terms: Term[][] = [];
  const byLanguage = new Map<string, number>();
  const dividers = new Map<string, Divider>();

  const share = Math.floor(TEXTS_COUNTED_IN_ALL / Math.max(1, clusterCount));
  const most = Math.max(LEAST_COUNTED, Math.min(TEXTS_COUNTED, share));
  const breathe = async (done: number, total: number) => {
    signal?.throwIfAborted();
    onProgress?.({ stage: 'topics', done, total, unit: 'topics' });
    await new Promise(setImmediate);
  };
  let rested = performance.now();
  const pause = () => {
    if (performance.now() - rested < 50) return undefined;
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      signal?.throwIfAborted();
      rested = performance.now();
    });
  };
  for (const [label, members] of groups.entries()) {
    const sample = spread(members, TEXTS_DETECTED).map((row) => texts[row]);
    const language = given ?? detectLanguage(sample);
    if (label < clusterCount) byLanguage.set(language, (byLanguage.get(language) ?? 0) + members.length);
    const divider = dividers.get(language) ?? new Divider(language);
    dividers.set(language, divider);
    const stops = stopWords(relatedLanguages(language, sample.join(' ')));
    // Sorted, so that the order of the rows doesn't decide which of two equal spellings is shown.
    const counted = spread(members, most)
      .map((row) => texts[row])
      .sort();
    terms.push(await counts.addClass(counted, { divider, stopWords: stops, pause }));
    await breathe(label, clusterCount);
  }

  const topics: Topic[] = [];
  for (let id = 0; id < clusterCount; id++) {
    const members = groups[id];
    const chosen = pickDiverse(
      settlePhrases(preferShared(counts.score(terms[id]), members.length), members.length),
      wanted,
    );
    const own = chosen.map(({ words }) => counts.formOf(words));
    const keywords = own.length > 0 ? own : lastResort(members, texts, wanted);
    const exemplars = pickExemplars(members, { ...input, probabilities }, keywords, EXEMPLARS);
    if (keywords.length === 0) keywords.push(`Topic ${id}`);
    topics.push({
      id,
      size: members.length,
      persistence: persistence?.[id] ?? 0,
      keywords,
      name: '',
      exemplars,
    });
    if (id % 64 === 63) await breathe(id, clusterCount);
  }
  nameByKeywords(topics);
  const languages = [...byLanguage]
    .map(([language, rows]) => ({ language, rows }))
    .sort((a, b) => b.rows - a.rows || (a.language < b.language ? -1 : 1));
  return { topics, languages };
}

/** Rows of each label in order; noise comes last. */
function groupByLabel(labels: Int32Array, clusterCount: number): Int32Array[] {
  const sizes = new Int32Array(clusterCount + 1);
  const groupOf = (label: number) => (label < 0 ? clusterCount : label);
  for (const label of labels) sizes[groupOf(label)]++;
  const groups = Array.from(sizes, (size) => new Int32Array(size));
  sizes.fill(0);
  for (let row = 0; row < labels.length; row++) {
    const group = groupOf(labels[row]);
    groups[group][sizes[group]++] = row;
  }
  return groups;
}

/** At most `limit` rows, evenly spread. */
function spread(rows: Int32Array, limit: number): number[] {
  if (rows.length <= limit) return Array.from(rows);
  return Array.from({ length: limit }, (_, i) => rows[Math.floor((i * rows.length) / limit)]);
}

/** Words that at least two texts share; others only where a name would be short of words. */
function preferShared(terms: ScoredTerm[], size: number): ScoredTerm[] {
  if (size < 3) return terms;
  const shared = terms.filter(({ count }) => count >= 2);
  if (shared.length === 0) return terms;
  const words = shared.filter((term) => term.words.length === 1);
  if (words.length >= NAME_WORDS) return shared;
  const others = terms.filter(({ count, words }) => count < 2 && words.length === 1);
  // Below all shared ones, in their own order.
  const least = Math.min(...shared.map(({ score }) => score), others[0]?.score ?? 1);
  const best = others[0]?.score || 1;
  const fill = others
    .slice(0, NAME_WORDS)
    .map((term) => ({ ...term, score: (least * 0.5 * term.score) / best }));
  return [...shared, ...fill];
}

/** For texts without telling words: their commonest words of any kind, or else characters, or else raw words. */
function lastResort(members: Int32Array, texts: string[], wanted: number): string[] {
  const raw = spread(members, 200).map((row) => texts[row].slice(0, 500));
  const clean = raw.map(cleanMarkup);
  const words = (text: string) => text.match(/[\p{L}\p{M}\p{N}]+(?:[.,:'’-][\p{L}\p{M}\p{N}]+)*/gu) ?? [];
  const characters = (text: string) =>
    Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment.trim());
  const attempts: [string[], (text: string) => string[]][] = [
    [clean, words],
    [clean, characters],
    [raw, (text) => text.split(/\s+/)],
  ];
  for (const [sample, divide] of attempts) {
    const counts = new Map<string, number>();
    for (const text of sample)
      for (const part of new Set(divide(text))) counts.set(part, (counts.get(part) ?? 0) + 1);
    counts.delete('');
    if (counts.size === 0) continue;
    return [...counts]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, wanted)
      .map(([part]) => (part.length > 40 ? `${part.slice(0, 39)}…` : part));
  }
  return [];
}

/** "Oil prices, barrel, crude": the first keywords, one more where a larger topic has that name already. */
function nameByKeywords(topics: Topic[]): void {
  const taken = new Set<string>();
  for (const topic of topics) {
    let length = Math.min(NAME_WORDS, topic.keywords.length);
    let name = nameOf(topic.keywords.slice(0, length));
    while (taken.has(name) && length < topic.keywords.length)
      name = nameOf(topic.keywords.slice(0, ++length));
    for (let number = 2; taken.has(name); number++)
      name = `${nameOf(topic.keywords.slice(0, length))} (${number})`;
    taken.add(name);
    topic.name = name;
  }
}

function nameOf(words: string[]): string {
  const name = words.join(', ');
  const first = [...name][0] ?? '';
  return first.toLocaleUpperCase('en') + name.slice(first.length);
}
