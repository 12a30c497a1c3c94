import { capitalsOf } from './capitals.js';
import { countVerbMarks, DETERMINERS, GERUND } from './english-uses.js';
import {
  endsInS,
  isAdverb,
  isAttribute,
  isIrregular,
  isParticiple,
  isParticipleOnly,
  takesObject,
} from './grammar.js';
import type { Occurrences } from './occurrences.js';
import { CONTENT, FUNCTION } from './stopwords.js';
import { FIRST_FORM, STOP, type Tokens } from './tokens.js';
import type { NounTest } from './word-classes.js';

/** Share of a phrase's occurrences that decides. */
const MOST = 0.5;
/** Share of a phrase's occurrences before an article from which its last word, a verb mostly, is one here. */
const OBJECTS = 0.25;

/**
 * An English phrase without incomplete words at its ends: at the beginning an adverb, or a verb of a subject before it ("neatly bundled
 * package", "allows local users"); at the end an adjective without its noun, an adverb, a verb that goes on ("routers contain (a)", "film directed (by)"), a name
 * whose other words vary ("runtime library for GNU", of GNU Ada and GNU Fortran). The word that it grew from where nothing else is left,
 * or where a verb lacks its object ("prevent future", of incidents and breaches).
 */
export function whole(
  phrase: Occurrences,
  word: Occurrences,
  tokens: Tokens,
  uses: Uint8Array,
  isTaggedNoun?: NounTest,
): Occurrences {
  if (phrase.before + phrase.after === 0) return phrase;
  const { stream, wordOf, words } = tokens;
  const wordAt = (at: number) => wordOf[stream[at] - FIRST_FORM];
  const start = phrase.at[0] - phrase.before;
  const first = words[wordAt(start)];
  const isDegree =
    isAdverb(first, tokens) || (first.endsWith('ly') && words[wordAt(start + 1)].endsWith('ed'));
  if (isDegree || isPredicate(phrase, tokens) || lacksSubject(phrase, tokens, uses))
    return phrase.before > 0
      ? whole({ ...phrase, before: phrase.before - 1 }, word, tokens, uses, isTaggedNoun)
      : word;
  const end = phrase.at[0] + phrase.after;
  const last = wordAt(end);
  if (uses[last] !== CONTENT) return phrase;
  const isOpen =
    isAttribute(last, tokens, uses) ||
    isAdverb(words[last], tokens) ||
    isOpenVerb(phrase, tokens, uses) ||
    // "(The) palate offers (espresso)"
    (isTaggedNoun?.(words[last]) === false &&
      !isParticiple(words[last]) &&
      !areNamed(phrase.at, phrase.after, tokens) &&
      goesOn(phrase, tokens, uses, false));
  if (isOpen)
    return phrase.after > 0
      ? whole({ ...phrase, after: phrase.after - 1 }, word, tokens, uses, isTaggedNoun)
      : word;
  if (phrase.after > 1 && uses[wordAt(end - 1)] === FUNCTION && goesOn(phrase, tokens, uses, true))
    return whole({ ...phrase, after: phrase.after - 2 }, word, tokens, uses, isTaggedNoun);
  if (phrase.before + phrase.after === 1 && isOrder(phrase, tokens)) {
    // "start calling" needs to say whom.
    if (GERUND.test(words[last]) || goesOn(phrase, tokens, uses, false)) return word;
  }
  return phrase;
}

/** Whether the phrase begins with a verb whose subject, a name or a pronoun, is before it: "(Emma Stone) received nominations". */
function isPredicate({ at, before }: Occurrences, tokens: Tokens): boolean {
  const { stream, wordOf, words, forms } = tokens;
  const first = words[wordOf[stream[at[0] - before] - FIRST_FORM]];
  if (!first.endsWith('ed') && !isIrregular(first)) return false;
  const capitals = capitalsOf(forms);
  const isAfterName = (position: number) => {
    const [token, own] = [stream[position - before - 1] ?? STOP, stream[position - before]];
    return token >= FIRST_FORM && capitals[token - FIRST_FORM] === 1 && capitals[own - FIRST_FORM] === 0;
  };
  const done = at.filter(isAfterName).length + countVerbMarks(at, -before - 1, tokens);
  return done >= at.length * MOST;
}

/** Whether the phrase ends with a verb whose object follows, or with a participle that "by" or "on" follows: "film written (and directed by)". */
function isOpenVerb({ at, after }: Occurrences, tokens: Tokens, uses: Uint8Array): boolean {
  if (areNamed(at, after, tokens)) return false;
  const { stream, wordOf, words } = tokens;
  const wordAt = (position: number) => {
    const token = stream[position] ?? STOP;
    return token < FIRST_FORM ? -1 : wordOf[token - FIRST_FORM];
  };
  const last = wordAt(at[0] + after);
  const followedBy = (isNext: (position: number) => boolean) =>
    at.filter((position) => isNext(position + after + 1)).length / at.length;
  // "ATM ate (my card)" says what became of it.
  if (!isParticiple(words[last]) && takesObject(last, tokens, uses))
    return followedBy((position) => DETERMINERS.has(words[wordAt(position)])) >= OBJECTS;
  if (!isParticipleOnly(last, tokens, uses)) return false;
  const isAgent = (position: number): boolean =>
    OF_AGENTS.has(words[wordAt(position)]) ||
    (words[wordAt(position)] === 'and' && OF_AGENTS.has(words[wordAt(position + 2)]));
  return followedBy(isAgent) >= MOST;
}

/** What follows a participle that says no more without it: "directed by", "based on". */
const OF_AGENTS = new Set(['by', 'on', 'upon']);

/** Whether the phrase begins with a verb whose subject is before it: "(a flaw) allows local users". */
function lacksSubject({ at, before }: Occurrences, tokens: Tokens, uses: Uint8Array): boolean {
  const { stream, wordOf, words } = tokens;
  const first = wordOf[stream[at[0] - before] - FIRST_FORM];
  if (!endsInS(words[first]) || !takesObject(first, tokens, uses)) return false;
  return !areNamed(at, -before, tokens);
}

/** Whether the word so many places after a phrase's positions begins with a capital mostly. */
function areNamed(at: Int32Array, offset: number, { stream, forms }: Tokens): boolean {
  const capitals = capitalsOf(forms);
  let named = 0;
  for (const position of at) named += capitals[stream[position + offset] - FIRST_FORM];
  return named >= at.length * MOST;
}

/** Whether another word of content follows the phrase mostly; a name, or what isn't one. */
function goesOn(
  { at, after }: Occurrences,
  { stream, wordOf, forms }: Tokens,
  uses: Uint8Array,
  isName: boolean,
): boolean {
  const capitals = capitalsOf(forms);
  let following = 0;
  for (const position of at) {
    const next = stream[position + after + 1] ?? STOP;
    if (next < FIRST_FORM || uses[wordOf[next - FIRST_FORM]] === FUNCTION) continue;
    if ((capitals[next - FIRST_FORM] === 1) === isName) following++;
  }
  return following >= at.length * MOST;
}

/** Whether the phrase begins with a verb: "to prevent …", "can't ensure …". */
const isOrder = ({ at, before }: Occurrences, tokens: Tokens): boolean =>
  countVerbMarks(at, -before - 1, tokens) >= at.length * MOST;

/** A phrase of German without what is no noun at its end: "Informationen benötigen"; the word that it grew from where no noun is left. */
export function upToNoun(phrase: Occurrences, word: Occurrences, tokens: Tokens): Occurrences {
  if (phrase.before + phrase.after === 0) return phrase;
  if (areNamed(phrase.at, phrase.after, tokens)) return phrase;
  return phrase.after > 0 ? upToNoun({ ...phrase, after: phrase.after - 1 }, word, tokens) : word;
}
