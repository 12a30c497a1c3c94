import type { Groups } from '../themes/groups.js';
import type { NearestTopics } from '../themes/nearest.js';
import type { Level } from '../themes/themes.js';

/** Topics, themes and the levels between, of rows that have a text. */
export interface Grouping {
  topics: Groups;
  /** A number a topic. */
  persistence: Float64Array;
  /** 1 for rows whose topic was given by `noise` or `clusters`, not found by density. */
  assigned: Uint8Array;
  nearest: NearestTopics;
  themes: Groups;
  /** Finest first; none for too few rows, or where vectors are elsewhere. */
  levels: Level[];
  choice: Choice;
  /** Topics that the caller named: their names, and of each row the place of its own in that list, -1 for none. */
  given?: { names: string[]; topic: Int32Array };
}

/** What was chosen where options left it open, in lines for people. */
export interface Choice {
  /** Where density was looked for. */
  space: 'raw' | 'reduced';
  topics: string;
  themes: string;
  /** Number of topics by smallest size. */
  sweep?: string;
}
