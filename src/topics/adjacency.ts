import { isInflected } from './diversity.js';
import { BE, DETERMINERS } from './english-uses.js';
import { endsInS, isParticiple } from './grammar.js';
import type { NamePart } from './name-part.js';
import { type Occurrences, textsWith } from './occurrences.js';
import { FIRST_FORM, STOP, type Tokens } from './tokens.js';

/** Parts joined to one, from the first to the last. */
export interface Joined {
  first: NamePart;
  last: NamePart;
  form: string;
  /** Position of the best of them. */
  rank: number;
  parts: number;
  all: readonly NamePart[];
}

/** Function words between two keywords that a name leaves out: "card is still not working" is "card not working". */
const LEFT_OUT = new Set([
  ...[...DETERMINERS].filter((word) => word !== 'no'),
  ...'new old next last other own more same extra additional i you we they he she it me us them have has had having get gets got getting do does did be been being so just still'.split(
    ' ',
  ),
]);
/** These join any two keywords, … */
const OF = new Set(['of', 'for', 'without', 'no', 'not']);
/** … these what begins with a verb: "spent on fast food", "add money to account". */
export const AFTER_VERBS = new Set(['to', 'from', 'in', 'on', 'at', 'with', 'by', 'into']);
const NEGATED = /n't$|^(?:cannot|cant|dont|wont|isnt|arent|wasnt|didnt|doesnt)$/;
/** Words between two keywords at most. */
const GAP = 5;
/** Share of these that have the same words between. */
const SAME_GAP = 0.4;
/** Share of a verb's places from which the noun that follows some words later is its object. */
const OBJECT_SHARE = 0.4;
/** Words between them at most. */
const OBJECT_GAP = 4;

/**
 * "Pay bill" for "bill, pay", though the texts have "pay my electric bill".
 * @param most characters of a part
 */
export function withVerbFirst(parts: Joined[], most: number, tokens: Tokens): Joined[] {
  if (parts.length !== 2 || parts.some((part) => part.parts > 1)) return parts;
  const [noun, verb] = parts;
  if (!verb.first.isPlainVerb || noun.first.isModifier || isParticiple(verb.form)) return parts;
  // "Contains" is no order, and says nothing next to the noun.
  if (endsInS(verb.form)) return [noun];
  const { stream, wordOf, words } = tokens;
  const wanted = wordsOf(noun.first.phrase, tokens);
  const { at, after } = verb.first.phrase;
  const isThere = (start: number) =>
    wanted.every((word, i) => {
      const token = stream[start + i] ?? STOP;
      return token >= FIRST_FORM && isForm(words[wordOf[token - FIRST_FORM]], word, false);
    });
  const followed = at.filter((position) => {
    for (let next = position + after + 1; next <= position + after + 1 + OBJECT_GAP; next++) {
      if ((stream[next] ?? STOP) < FIRST_FORM) return false;
      if (isThere(next)) return true;
    }
    return false;
  });
  if (wanted.length === 0 || followed.length < at.length * OBJECT_SHARE) return parts;
  const form = `${verb.form} ${noun.form}`;
  const all = [...verb.all, ...noun.all];
  return form.length > most ? parts : [{ ...noun, first: verb.first, last: noun.last, all, form, parts: 2 }];
}

/** How often, and across which words, a second part follows a first one. */
export interface Adjacency {
  /** Share of the rarer part's texts in which the second follows the first. */
  share: number;
  /** The commonest words between, as a name keeps them; left out where no gap is common. */
  gap?: string;
  /** Where the second part is after these words, as positions in the stream. */
  at: Int32Array;
}

/** Counts where a second part follows a first one in the texts, with nothing but function words between. */
export function adjacency(one: Joined, other: Joined, tokens: Tokens): Adjacency {
  const { phrase, texts } = one.last;
  const wanted = wordsOf(other.first.phrase, tokens);
  const gaps = new Map<string, number[]>();
  const adjoining: number[] = [];
  let together = 0;
  for (const at of phrase.at) {
    const found = follow(at + phrase.after + 1, wanted, one, other, tokens);
    if (!found) continue;
    together++;
    if (found.at === at + phrase.after + 1) adjoining.push(at);
    gaps.set(found.gap, [...(gaps.get(found.gap) ?? []), found.at + other.first.phrase.before]);
  }
  if (together < 2) return { share: 0, at: new Int32Array() };
  const places = ((together / phrase.at.length) * texts) / Math.min(texts, other.first.texts);
  // Long texts have a word several times, "mobile phone" in full once: of two nouns of about as many texts these count (Dice's coefficient).
  const adjoin = textsWith({ ...phrase, at: Int32Array.from(adjoining) }, tokens) / textsWith(phrase, tokens);
  const areNouns = !one.last.isModifier && !other.first.isModifier;
  const dice = areNouns ? (2 * adjoin * texts) / (texts + other.first.texts) : 0;
  const share = Math.max(places, dice);
  const [gap, at] = [...gaps].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1))[0];
  if (at.length < together * SAME_GAP) return { share, at: new Int32Array() };
  return { share, gap, at: Int32Array.from(at) };
}

/** The words of a phrase, in lower case. */
export const wordsOf = ({ at, before, after }: Occurrences, { stream, wordOf, words }: Tokens): string[] =>
  at.length === 0
    ? []
    : Array.from(
        stream.subarray(at[0] - before, at[0] + after + 1),
        (token) => words[wordOf[token - FIRST_FORM]],
      );

/** Whether a word is the one wanted: a noun in either number, a verb in any form. */
function isForm(found: string | undefined, wanted: string, isVerb: boolean): boolean {
  if (found === undefined || found === wanted) return found === wanted;
  const [short, long] = found.length <= wanted.length ? [found, wanted] : [wanted, found];
  return isVerb ? isInflected(short, long) : long === `${short}s`;
}

/** Where the wanted words follow a position with nothing but function words between, and which of these a name keeps. */
function follow(
  start: number,
  wanted: string[],
  one: Joined,
  other: Joined,
  { stream, wordOf, words }: Tokens,
): { gap: string; at: number } | undefined {
  if (wanted.length === 0) return undefined;
  const wordAt = (at: number) => {
    const token = stream[at] ?? STOP;
    return token < FIRST_FORM ? undefined : words[wordOf[token - FIRST_FORM]];
  };
  const kept: string[] = [];
  for (let at = start; at <= start + GAP; at++) {
    const isThere = wanted.every((word, i) => isForm(wordAt(at + i), word, other.first.isModifier));
    if (isThere) return { gap: kept.join(' '), at };
    const word = wordAt(at);
    if (word === undefined) return undefined;
    // "the card is new" says what the card is, "my name is Ann" doesn't say what the name is about.
    if (BE.has(word) && !other.first.isModifier) return undefined;
    if (NEGATED.test(word)) kept.push('not');
    else if (OF.has(word)) kept.push(word);
    else if (AFTER_VERBS.has(word)) {
      if (word === 'to' && other.first.isModifier) continue;
      if (!one.first.isModifier) return undefined;
      kept.push(word);
    } else if (!LEFT_OUT.has(word) && !BE.has(word)) return undefined;
  }
  return undefined;
}
