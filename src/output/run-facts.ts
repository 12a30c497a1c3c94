import { counted } from '../counted.js';
import type { QualityLine } from '../statistics/quality-card.js';
import { isNearlyAsMany } from '../themes/groups.js';

/** What is worth knowing about a run, for clusters.json and report.md. No times, so that files repeat. */
export interface RunFacts {
  /** denscape's version. */
  denscape: string;
  /** The file's name, or `rows` for rows given by a program. */
  source: string;
  rows: number;
  textColumns: string[];
  /** What texts were divided into, and how many parts were clustered; rows are whole texts everywhere else. */
  split?: { kind: 'sentences' | 'paragraphs'; parts: number };
  /** Rows without text, labelled -1. */
  blankTexts: number;
  /** Rows whose text an earlier row has, letter for letter. */
  duplicateTexts?: number;
  /** Topics found. */
  topics: number;
  /** Themes above them. */
  themes?: number;
  /** Rows labelled -1, blank ones included. */
  noise: number;
  /** Rows whose topic was given by an option, not found by density. */
  assigned?: number;
  /** Topics that the caller named: rows that got each, and how sure these are, 0 to 1: the median and the first decile. */
  given?: { name: string; rows: number; sure: number; leastSure: number }[];
  /** What was chosen where options left it open, a line each. */
  choice?: { space: 'raw' | 'reduced'; topics: string; themes: string; sweep?: string };
  /** Model of the vectors. */
  model?: string;
  /** What made the vectors, also where they were cached; undefined for given vectors and those of a collection. */
  engines?: string[];
  /** Where the vectors lie: `memory`, or the address of Milvus without its token. */
  store?: string;
  /** Options as they were used, defaults included, by their API names. */
  parameters: Record<string, string | number | boolean | null>;
  /** Whether the tree is proven to be that of all distances. */
  exactness?: {
    /** Of which distances: those of the vectors, or those of few coordinates made from their neighbours. */
    of?: 'vectors' | 'layout';
    certified: boolean;
    scannedRows: number;
    rounds: number;
    approximate: boolean;
    /** Share of true neighbours found, on a sample, 0 to 1. */
    recall?: number | null;
    /** The interval that holds that share for all rows with 95 % confidence. */
    recallInterval?: [low: number, high: number];
  };
  /** How far neighbours on the map are neighbours in truth, 0 to 1. */
  trustworthiness?: number;
  /** How good the result is, a line each. */
  quality?: QualityLine[];
  /** Name to version: Node, ONNX Runtime, model file … */
  versions?: Record<string, string>;
  /** As typed, without tokens. */
  command?: string;
  /** What reading the input found odd, a line each. */
  findings?: string[];
  /** ISO 639-1 codes of the languages found, by rows. */
  languages?: { language: string; rows: number }[];
}

/** What one stage took. */
export interface Timing {
  stage: string;
  seconds: number;
  /** Threads that computed, where that is known. */
  threads?: number;
}

/** For files that hold facts of a run. Files with times differ from run to run, so they are left out unless given. */
export interface TimingOptions {
  /** What the stages took until the file is written. Default: no times. */
  timings?: readonly Timing[];
}

/** A stage, its seconds to the millisecond, and its threads. */
export const secondsOf = ({ stage, seconds, threads }: Timing): Timing => ({
  stage,
  seconds: Math.round(seconds * 1000) / 1000,
  ...(threads !== undefined && { threads }),
});

/** The share of true neighbours that were found, with its interval where that is known: "0.973 (95 % interval 0.961 to 0.982)". */
export function recallText(
  { recall, recallInterval }: NonNullable<RunFacts['exactness']>,
  digits: number,
): string | undefined {
  if (recall == null) return undefined;
  if (!recallInterval) return recall.toFixed(digits);
  const [low, high] = recallInterval.map((end) => end.toFixed(digits));
  return `${recall.toFixed(digits)} (95 % interval ${low} to ${high})`;
}

/** What was proven, in a word or two. */
export const proven = (exactness: RunFacts['exactness']): string => {
  if (!exactness?.certified) {
    const recall = exactness && recallText(exactness, 2);
    return recall === undefined ? 'not proven' : `not proven, recall of the neighbours ${recall}`;
  }
  return exactness.of === 'layout' ? 'proven in the reduced space' : 'proven';
};

/**
 * Why topics are listed without themes, where there are nearly as many themes as topics, or more; undefined elsewhere. Topics are groups that stand
 * out, and of few rows only large ones do; themes take in every row, so that they can be finer.
 */
export function withoutThemes(themes: number, topics: number): string | undefined {
  if (themes === 0 || !isNearlyAsMany(themes, topics)) return undefined;
  return themes > topics
    ? `the ${counted(themes, 'theme')} divide all rows further than the ${counted(topics, 'topic')} do, which are only the groups that stand out`
    : `the ${counted(topics, 'topic')} are clear groups already, and ${counted(themes, 'theme')}, nearly as many, would only repeat them`;
}
