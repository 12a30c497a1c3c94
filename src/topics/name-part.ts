import type { Occurrences } from './occurrences.js';

/** A keyword as a part of a name. */
export interface NamePart {
  /** As it is written. */
  form: string;
  /** Where it stands in the group's texts. */
  phrase: Occurrences;
  /** Texts of the group that have it. */
  texts: number;
  /** Whether it is a verb, an adjective or an adverb by itself; see `isModifier`. */
  isModifier: boolean;
  /** Whether it describes what follows wherever it stands: "related" of age-related changes. Default false. */
  isAttribute?: boolean;
  /** Whether it is a verb in many of all texts, in its plain form or the third person: "work", "provides". */
  isPlainVerb: boolean;
  /** Whether a larger share of the group's texts than of the others has it. */
  isLifted: boolean;
  /** Whether it tells the group from the others nearly as well as the best word, and is neither an amount nor the end of other names. */
  tells: boolean;
  /** The longer name that stands for it in a topic's name, or an adjective with its noun. */
  inName?: { form: string; phrase: Occurrences; isModifier: boolean };
}
