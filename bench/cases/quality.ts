import { type ClusterResult, cluster } from '../../src/index.js';
import { coherence, diversity } from '../../src/statistics/coherence.js';
import type { BenchCase, FunctionCase } from '../case.js';
import { kmeans } from '../kmeans.js';
import { type Labelled, type LabelledFile, labelledFiles, rowsOf, sampleOf } from '../labelled.js';
import { checkResult, type Quality, shareOf } from '../quality.js';
import { adjustedMutualInformation, adjustedRandIndex } from '../scores.js';

const SIZES = [300, 1000, 2000, 5000];
/** Up to so many rows, topics are also found without a tenth of them, so many times. */
const MOST_KEPT = 3000;
const TENTHS = 3;
const SAMPLES = Number(process.env.DENSCAPE_SAMPLES ?? 1);
/** To three decimals, as printed. */
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

const clusterSet = ({ texts, vectors }: Labelled, exactly?: number): Promise<ClusterResult> =>
  cluster(
    texts.map((text) => ({ text })),
    {
      text: 'text',
      vectors,
      ...(exactly === undefined ? {} : { clusters: exactly, noise: 'nearest' }),
    },
  );

/** denscape with nothing set, and with the number of labels given, against what people called the rows. */
async function measure(set: Labelled, result: ClusterResult): Promise<Quality> {
  const { labels, labelCount, vectors } = set;
  const score = (found: ArrayLike<number>) => rounded(adjustedMutualInformation(labels, found));
  const { labels: exact } = await clusterSet(set, labelCount);
  const groups = new Set(exact).size;
  if (groups !== labelCount) throw new Error(`clusters: ${labelCount} gave ${groups} groups`);
  const largest = shareOf(result.topics[0]?.size ?? 0, labels.length);
  return {
    topics: result.topics.length,
    inTopics: rounded(result.labels.filter((label) => label >= 0).length / labels.length),
    largest: rounded(largest),
    timesLargestLabel: rounded(largest / largestLabel(set)),
    topicsAmi: score(filled(result)),
    themes: result.themeTopics.length,
    largestTheme: rounded(shareOf(result.themeTopics[0]?.size ?? 0, labels.length)),
    themesAmi: score(result.themes),
    bestLevelAmi: Math.max(...result.levels.map((level) => score(level.labels))),
    labels: labelCount,
    exactAmi: score(exact),
    kmeansAmi: score(await kmeans(vectors, labelCount, 1)),
    ...(labels.length <= MOST_KEPT && (await keptAri(set, result))),
    ...(await ofKeywords(set.texts, result.topics)),
  };
}

/** Figures of topics' keywords, the same for all programs. */
async function ofKeywords(
  texts: readonly string[],
  topics: readonly { keywords: string[] }[],
): Promise<Pick<Quality, 'npmi' | 'diversity'>> {
  const [npmi, different] = [await coherence(texts, topics), diversity(topics)];
  return {
    ...(npmi !== undefined && { npmi: rounded(npmi) }),
    ...(different !== undefined && { diversity: rounded(different) }),
  };
}

/** What a peer found, with figures of its topics' keywords in place of these, where it has any. */
async function ofPeer(
  texts: readonly string[],
  { keywords, ...found }: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  if (!Array.isArray(keywords)) return found;
  const topics = (keywords as string[][]).map((words) => ({ keywords: words }));
  return { ...found, ...(await ofKeywords(texts, topics)) };
}

/** The topic of each row, or the nearest one where it has none. */
const filled = ({ labels, nearestTopics }: ClusterResult): Int32Array =>
  labels.map((label, row) => (label < 0 ? nearestTopics[row] : label));

/** How alike topics and themes are on the other rows when every tenth row, from the first, second or third on, is left out. */
async function keptAri(
  set: Labelled,
  whole: ClusterResult,
): Promise<Pick<Quality, 'topicsKeptAri' | 'themesKeptAri'>> {
  let [topics, themes] = [0, 0];
  for (let first = 0; first < TENTHS; first++) {
    const rest = Int32Array.from(set.labels.keys()).filter((row) => row % 10 !== first);
    const of = (labels: Int32Array) => rest.map((row) => labels[row]);
    const again = await clusterSet(rowsOf(set, rest));
    topics += adjustedRandIndex(of(filled(whole)), filled(again)) / TENTHS;
    themes += adjustedRandIndex(of(whole.themes), again.themes) / TENTHS;
  }
  return { topicsKeptAri: rounded(topics), themesKeptAri: rounded(themes) };
}

function largestLabel({ labels, labelCount }: Labelled): number {
  const sizes = new Int32Array(labelCount);
  for (const label of labels) sizes[label]++;
  return Math.max(...sizes) / labels.length;
}

function quality(file: LabelledFile, rows: number, sample: number): FunctionCase {
  return {
    kind: 'function',
    name: `quality/${file.name}${sample > 1 ? `, sample ${sample}` : ''}`,
    size: { rows },
    slow: true,
    once: true,
    async open() {
      const set = sampleOf(await file.load(), rows, sample);
      let found: Quality | undefined;
      return {
        run: () => clusterSet(set),
        async check(result: ClusterResult) {
          found = await measure(set, result);
          checkResult(result, found);
        },
        found: () => ({ ...found }),
        peers: (['bertopic', 'evoc', 'plscan'] as const).map((job) => ({
          name: { bertopic: 'BERTopic', evoc: 'EVoC', plscan: 'fast_plscan' }[job],
          job,
          points: set.vectors,
          labels: set.labels,
          texts: set.texts,
          describe: (figures: Record<string, unknown>) => ofPeer(set.texts, figures),
          ...(rows <= MOST_KEPT && { options: { tenths: TENTHS } }),
        })),
      };
    },
  };
}

function casesOf(file: LabelledFile): FunctionCase[] {
  const samples = SIZES.filter((size) => size < file.rows).flatMap((size) =>
    Array.from({ length: SAMPLES }, (_, sample) => quality(file, size, sample + 1)),
  );
  return [...samples, quality(file, file.rows, 1)];
}

export const cases: BenchCase[] = (await labelledFiles()).flatMap(casesOf);
