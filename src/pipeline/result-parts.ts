import type { Settings } from '../options/table.js';
import type { RunFacts } from '../output/index.js';
import type { Matrix, NeighborGraph } from '../shapes.js';
import type { ReadTexts } from '../topics/index.js';
import type { Analysis } from './analysis.js';
import type { StageCost } from './clock.js';
import type { Corpus } from './corpus.js';
import type { Described } from './describe.js';
import type { RunLife } from './life.js';
import type { SplitFindings } from './split-findings.js';
import type { Space } from './vectors.js';

/** Everything a run found; stages count documents, ClusterResult makes them table rows. */
export interface ResultParts {
  corpus: Corpus;
  analysis: Analysis;
  /** Of the documents, where they are in this process. */
  vectors?: Matrix;
  /** Exemplars and labels are of documents. */
  described: Described;
  facts: RunFacts;
  device?: string;
  costs: StageCost[];
  /** The options that the run was made with. */
  settings: Settings;
  /** Where the vectors are and what made them. */
  space: Pick<Space, 'model' | 'engines' | 'place' | 'ids' | 'truncated' | 'averaged'>;
  /** The few rows nearest to each document by vectors and lexical weights, with scores in place of distances. */
  hybrid?: NeighborGraph;
  /** Of a run that was opened or changed; a new one has its topics' places as ids. */
  life?: RunLife;
  /** The texts as they were divided into words, kept for statistics that follow at once. */
  words?: ReadTexts;
  /** Where parts of texts were clustered. */
  split?: SplitFindings;
}
