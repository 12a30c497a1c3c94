import type { TopicShare } from '../shapes.js';
import type { PartKind } from '../split/parts.js';
import type { Corpus } from './corpus.js';

/** Documents divided into parts. Parts are numbered by their document, then in its order. */
export interface Parts {
  kind: PartKind;
  /** The parts as texts of their own, each with the cells of its row. */
  corpus: Corpus;
  /** Document of each part, ascending; every document has a part. */
  documentOf: Int32Array;
}

/** What was found in the parts of documents. */
export interface SplitFindings {
  kind: PartKind;
  /** Number of parts. */
  count: number;
  /** Topics of each document, by their places among the topics. */
  shares: TopicShare[][];
  /** The parts; undefined for a run that was opened, which keeps none. */
  parts?: Parts & { topics: Int32Array; probabilities: Float64Array };
}

/** Parts of texts, in the order of the rows and of their texts. */
export interface TextParts {
  kind: PartKind;
  /** Row of the table that each part is from. */
  rows: Int32Array;
  texts: string[];
  /** Topic of each part; −1 where it is in none. */
  topics: Int32Array;
  /** How deep each part is in its topic, 0 to 1. */
  probabilities: Float64Array;
}
