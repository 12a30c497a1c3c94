/** Name of the line that says which share of the rows is in topics. */
export const SHARE_IN_TOPICS = 'Share in topics';

/** One measure of a result, with a sentence on how to read it. */
export interface QualityLine {
  name: string;
  /** The number itself; null where it can't be measured here. */
  value: number | null;
  /** As people read it. */
  shown: string;
  meaning: string;
}
