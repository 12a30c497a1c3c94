import { AFTER_VERBS, adjacency, type Joined, withVerbFirst, wordsOf } from './adjacency.js';
import { BE, GERUND } from './english-uses.js';
import { isParticiple, WHEN } from './grammar.js';
import { supportOf } from './keywords.js';
import type { GroupMeaning } from './meaning.js';
import type { NamePart } from './name-part.js';
import { NAME_WORDS } from './names.js';
import { isOfOneVerb, withoutRepeats } from './repeats.js';
import type { Speller } from './spelling.js';
import { FIRST_FORM, STOP, type Tokens } from './tokens.js';

/** Keywords in the order in which a name takes them: those that tell the group from others before the rest, none said twice. */
export function tellingFirst(keywords: readonly NamePart[]): NamePart[] {
  const telling = keywords.filter(({ tells }) => tells);
  const others = keywords.filter(({ tells }) => !tells);
  return withoutRepeats(nounOfVerbFirst(longerFirst([...telling, ...others])), formOf);
}

/** With the noun that is made of a verb of the name in the verb's place: "verification" for "verifying". */
function nounOfVerbFirst(parts: NamePart[]): NamePart[] {
  const all = [...parts];
  for (const [at, part] of all.entries()) {
    if (!part.isModifier) continue;
    const noun = all.findIndex(
      (other, i) => i > at && !other.isModifier && isOfOneVerb(formOf(part), formOf(other)),
    );
    if (noun > at) [all[at], all[noun]] = [all[noun], all[at]];
  }
  return all;
}

const formOf = ({ form, inName }: NamePart): string => inName?.form ?? form;

/** Share of a word's texts from which a phrase with it says more, not something else. */
const LONGER_SHARE = 0.3;

/** With the phrase that has a word of the name in that word's place: "Mac OS X" for "Mac". */
function longerFirst(parts: NamePart[]): NamePart[] {
  const all = [...parts];
  const wordsIn = (part: NamePart) => formOf(part).toLowerCase().split(/[ -]/);
  for (let at = 0; at < Math.min(NAME_WORDS, all.length); at++) {
    const own = wordsIn(all[at]);
    const longer = all.findIndex((part, i) => {
      if (i <= at || part.texts < all[at].texts * LONGER_SHARE) return false;
      const words = wordsIn(part);
      return words.length > own.length && own.every((word) => words.includes(word));
    });
    if (longer < 0 || longer >= NAME_WORDS) continue;
    all[at] = all[longer];
    all.splice(longer, 1);
  }
  return all;
}

/** Share of the rarer keyword's texts that have both together, in either order; half of it in the order shown. */
const SHARE = 0.4;
/** Where a part stands in this share of the texts, one in too few of them is an example of it: "name", "nick". */
const PREVALENT = 0.4;
/** The same where both would be joined to one: "timezone for Britain". */
const JOINED_PREVALENT = 0.25;
/** Share of a noun's texts that a rarer one needs to be joined to it. */
const KIND_SHARE = 0.35;
/** Share of texts from which a word says enough: a noun needs no rarer verb or adjective after it. */
const ENOUGH_SHARE = 0.3;
/** Keywords that may be joined to those of a name. */
const JOINED = NAME_WORDS + 1;
/** Later ones that are joined if they say what becomes of a thing in this share of the texts. */
const LATER = 10;
const OUTCOME = 0.25;
/** Share of a participle's places after a form of "to be" from which it is a passive. */
const PASSIVE = 0.4;
const MOST_WORDS = 5;
const LONGEST = 40;

/** Share of the texts that have a verb, and of the verb's texts that any noun has, for the verb to say what a group is about. */
const LEADING_VERB = 0.3;
const RARER_NOUNS = 0.5;

/** A verb that far more texts have than any noun that tells the group from others: "delete" next to "company". */
export function leadingVerb(parts: readonly NamePart[], texts: number): NamePart | undefined {
  const first = parts.slice(0, JOINED);
  const [verb] = first
    .filter(({ isModifier, isPlainVerb, tells }) => isModifier && isPlainVerb && tells)
    .sort((a, b) => b.texts - a.texts);
  if (!verb || verb.texts < texts * LEADING_VERB) return undefined;
  return first.some((part) => !part.isModifier && part.texts >= verb.texts * RARER_NOUNS) ? undefined : verb;
}

export interface JoinOptions {
  /** Parts of the name; later ones are used only where they are joined to one of these. */
  wanted: number;
  /** Nouns that a verb or an adjective is joined to where it would stand first and alone. */
  common: readonly NamePart[];
  /** Keywords of fewer texts, for a name of one part that tells the group from no other, or of one word that few texts have. */
  further?: readonly NamePart[];
  /** Texts of the group, equal ones once. */
  texts: number;
  /** Whether the texts are sentences: words that follow each other in others are not one thing. Default true. */
  isProse?: boolean;
  /** By which two words for one thing are known. */
  meaning?: GroupMeaning;
}

/**
 * Joins keywords that co-occur in many texts of the rarer one, in the order and with the preposition or negation
 * that most of them have: "card, working" to "card not working", "PIN, change" to "change PIN". Verbs and adjectives
 * that are left come last, if at all; see `shown`. For English, where small words part what other languages inflect.
 * @param parts best first
 * @returns forms of the name's parts, best first
 */
export function joinParts(
  parts: readonly NamePart[],
  { wanted, common, further = [], texts, isProse = true, meaning }: JoinOptions,
  tokens: Tokens,
  speller: Speller,
): string[] {
  const own = meaning?.isLedByAccident(parts) ? meaning.withoutAccidental(parts, (part) => part) : parts;
  // What follows an accidental part isn't better: the name has one part less.
  const most = Math.max(1, wanted - parts.slice(0, wanted).filter((part) => !own.includes(part)).length);
  // "Play song": many texts say so, though "bedroom" and "speaker" tell them better from others. "Affecting" says too little.
  const outcomes = own
    .slice(JOINED, LATER)
    .filter((part) => part.isModifier && !GERUND.test(part.form) && part.texts >= texts * OUTCOME);
  let left = [...own.slice(0, JOINED), ...outcomes]
    .flatMap((part) => withoutTime(part, tokens, speller))
    .map((part, rank): Joined => ({ first: part, last: part, form: part.form, rank, parts: 1 }));
  while (isProse) {
    let best: Joining | undefined;
    for (const [at, one] of left.entries())
      for (const other of left.slice(at + 1))
        if (
          ![one, other].some((part) => {
            const beside = part === one ? other : one;
            return isExample(part, beside, texts, JOINED_PREVALENT) || isKind(part, beside, texts);
          })
        )
          best = better(best, join(one, other, tokens, speller));
    if (!best) break;
    left = joined(left, best);
  }
  const verb = leadingVerb(parts, texts);
  if (verb && !left.some((part) => part.parts > 1 && (part.first === verb || part.last === verb))) {
    const form = withCommon(verb, common, tokens, speller);
    if (form !== undefined) return [form];
  }
  left = left.sort((one, other) => one.rank - other.rank).filter(({ rank }) => rank < most);
  left = left.filter((part) => !left.some((other) => isExample(part, other, texts)));
  if (meaning) {
    const lookedAt = ({ first, parts }: Joined) => (parts > 1 ? undefined : first);
    // "Lost bag" says "luggage".
    const nounOf = ({ first, last }: Joined) => (last.isModifier ? first : last);
    const kept = meaning.withoutSame(
      meaning.withoutAccidental(left, lookedAt),
      nounOf,
      ({ parts }) => parts > 1,
    );
    // "slow" does not take the place of a noun that is left out.
    const hasLess = kept.length < left.length && kept.some((part) => !isLoneModifier(part));
    left = hasLess ? kept.filter((part) => !isLoneModifier(part) || isParticiple(part.form)) : kept;
  }
  if (left.length > 0 && left.every(isLoneModifier)) {
    let best: Joining | undefined;
    for (const part of common) {
      const noun = { first: part, last: part, form: part.form, rank: 0, parts: 1 };
      best = better(best, join(left[0], noun, tokens, speller));
    }
    if (best) left = joined(left, best).sort((one, other) => one.rank - other.rank);
  }
  const named = withFurther(withVerbFirst(shown(left, texts), LONGEST, tokens), further, texts, meaning);
  return [...named.filter(isClause), ...named.filter((part) => !isClause(part))].map(({ form }) => form);
}

/** A verb with the noun of many texts that it is joined to in most: "delete account". */
function withCommon(
  verb: NamePart,
  common: readonly NamePart[],
  tokens: Tokens,
  speller: Speller,
): string | undefined {
  const alone = (part: NamePart): Joined => ({ first: part, last: part, form: part.form, rank: 0, parts: 1 });
  let best: Joining | undefined;
  for (const noun of common) best = better(best, join(alone(verb), alone(noun), tokens, speller));
  return best?.form;
}

/** Share of the texts from which one word is enough of a name, and texts that a keyword next to it needs. */
const ALONE_SHARE = 0.5;
const FURTHER_LEAST = 3;

/**
 * A name of one part with a second where it tells the group from no other, or is one word that few of the texts have: "Python, pip packages",
 * "analysis, molecular dynamics".
 */
function withFurther(
  parts: Joined[],
  further: readonly NamePart[],
  texts: number,
  meaning: GroupMeaning | undefined,
): Joined[] {
  const [best] = parts;
  if (parts.length !== 1 || best.first.isModifier) return parts;
  const isWord = best.parts === 1 && !best.form.includes(' ');
  const tells = best.first.tells || best.last.tells;
  if (tells && !(isWord && best.first.texts < texts * ALONE_SHARE)) return parts;
  const next = further.find(
    (part) =>
      part.tells &&
      !part.isModifier &&
      part.texts >= FURTHER_LEAST &&
      part.form !== best.first.form &&
      !meaning?.isAccidental(part),
  );
  if (next === undefined) return parts;
  return [best, { first: next, last: next, form: next.form, rank: best.rank + 1, parts: 1 }];
}

/** Whether a part is an example of what most texts are about. */
const isExample = (part: Joined, other: Joined, texts: number, prevalent = PREVALENT): boolean =>
  part.first.texts < supportOf(texts) && other.first.texts >= texts * prevalent;

/** Whether a noun is so much rarer than another that both together are an example of it: "GNU Objective-C compiler". */
const isKind = (part: Joined, other: Joined, texts: number): boolean =>
  part.parts === 1 &&
  part.form.includes(' ') &&
  !other.first.isModifier &&
  other.first.texts >= texts * PREVALENT &&
  part.first.texts < other.first.texts * KIND_SHARE;

/** Parts that a name is made of, best first: without those that add nothing to a phrase or to a noun of many texts. */
function shown(parts: Joined[], texts: number): Joined[] {
  // "Payment declined" needs no "card", which most groups have, and "source of funds" no "available".
  if (parts[0]?.parts > 1)
    return parts.filter(({ parts, first }) => parts > 1 || (first.tells && !first.isModifier));
  const isCommon = ({ first }: Joined) => first.texts >= texts * ENOUGH_SHARE;
  const others = parts.filter((part) => !isLoneModifier(part));
  const telling = others.filter(({ first }) => first.tells);
  const hasPhrase = telling.some(({ form }) => form.includes(' '));
  const isEnough = hasPhrase || telling.some(isCommon);
  // "Transfer failed" needs no "account", which many other texts have; "ATM" needs "card".
  const nouns = !isEnough
    ? others
    : others.filter(({ first, parts }) => parts > 1 || (hasPhrase ? first.tells : first.isLifted));
  const modifiers = parts.filter(isLoneModifier);
  // "Withdrawing, cash, charged": what became of both, where many texts say so.
  if (nouns.length >= 2)
    return [
      ...nouns,
      ...modifiers.filter((part) => isParticiple(part.form) && part.first.tells && isCommon(part)),
    ].slice(0, Math.max(nouns.length, NAME_WORDS));
  // "Bacillus" needs no "bacterial"; "card" needs "stolen".
  const verbs = modifiers.filter((part) => isParticiple(part.form) || part.first.isPlainVerb);
  if (!isEnough) return nouns.length > 0 ? [...nouns, ...verbs] : modifiers;
  // "Cash withdrawal, declined", but "transfer failed" without "work", and "reminder" without "remember".
  const outcome = modifiers.find(
    (part) => isParticiple(part.form) || (isCommon(part) && part.first.isPlainVerb && !hasPhrase),
  );
  return outcome ? [...nouns, outcome] : nouns;
}

/** "ATM" for "ATM earlier"; nothing for "earlier". */
function withoutTime(part: NamePart, tokens: Tokens, speller: Speller): NamePart[] {
  const { at, before, after } = part.phrase;
  if (!WHEN.has(wordsOf(part.phrase, tokens).at(-1) ?? '')) return [part];
  if (before + after === 0) return [];
  const phrase =
    after > 0
      ? { at, before, after: after - 1 }
      : { at: at.map((place) => place - 1), before: before - 1, after };
  return [{ ...part, isModifier: false, phrase, form: speller.spell(phrase) }];
}

/** Whether a part says what is done, or was: "delete account", "card stolen". */
const isClause = ({ first, last, form, parts }: Joined): boolean =>
  parts > 1 &&
  form.split(' ').length === 2 &&
  (first.isPlainVerb || isParticiple(first.form) || isParticiple(last.form));

const isLoneModifier = ({ first, parts }: Joined): boolean => parts === 1 && first.isModifier;

/** Two parts that are to become one. */
interface Joining {
  one: Joined;
  other: Joined;
  share: number;
  form: string;
}

const better = (best: Joining | undefined, next: Joining | undefined): Joining | undefined =>
  next && next.share > (best?.share ?? 0) ? next : best;

const joined = (parts: Joined[], { one, other, form }: Joining): Joined[] => [
  ...parts.filter((part) => part !== one && part !== other),
  {
    first: one.first,
    last: other.last,
    form,
    rank: Math.min(one.rank, other.rank),
    parts: one.parts + other.parts,
  },
];

/** How two parts are joined, in the order that more texts have; undefined where they are not. */
function join(one: Joined, other: Joined, tokens: Tokens, speller: Speller): Joining | undefined {
  const orders = [
    { from: one, to: other, ...adjacency(one, other, tokens) },
    { from: other, to: one, ...adjacency(other, one, tokens) },
  ].sort((a, b) => b.share - a.share);
  const share = orders[0].share + orders[1].share;
  const [{ from, to, gap, at }] = orders;
  if (share < SHARE || orders[0].share < SHARE / 2 || gap === undefined) return undefined;
  const written = to.parts === 1 ? spelledAt(to, at, speller) : to.form;
  const end = gap === 'not' && to.first.isModifier ? participleOf(written, tokens) : written;
  // "Fee for transfer", without "free", which may be said of either.
  if (from.parts > 1 && to.first.isModifier && !isParticiple(to.first.form)) return undefined;
  // "(was) transported to a hospital"
  if (AFTER_VERBS.has(gap) && from.parts === 1 && isPassive(from.first, tokens)) return undefined;
  // An adverb says nothing about a package that is "neatly bundled".
  if (from.first.isModifier && from.parts === 1 && from.form.endsWith('ly')) return undefined;
  // "long wait", but not "keep (being) declined", nor "freeze card stolen".
  const toVerb = to.parts > 1 ? to.last.isModifier : to.first.isModifier && isParticiple(written);
  if (from.first.isModifier && toVerb) return undefined;
  // "payment declined" and "rate incorrect", but not "(how does a) card work".
  if (
    gap === '' &&
    !from.first.isModifier &&
    to.parts === 1 &&
    to.first.isPlainVerb &&
    !isParticiple(written)
  )
    return undefined;
  // "bank card for topping", not "bank card for top".
  if (gap !== '' && gap !== 'not' && to.first.isModifier && !written.endsWith('ing')) return undefined;
  const form = [from.form, gap, end].filter((word) => word !== '').join(' ');
  if (form.length > LONGEST || form.split(' ').length > MOST_WORDS) return undefined;
  return { one: from, other: to, share, form };
}

/** A part as it is written at some of its places, with the capitals that it has at all. */
function spelledAt({ last, form }: Joined, at: Int32Array, speller: Speller): string {
  const written = speller.spell({ ...last.phrase, at });
  return written.toLowerCase() === form.toLowerCase() ? form : written;
}

/** "Working" for "work" after "not", whichever participle more texts have; the word itself where they have none. */
function participleOf(form: string, { words, documents }: Tokens): string {
  if (isParticiple(form)) return form;
  const stem = form.replace(/e$/, '');
  const doubled = `${form}${form.at(-1)}`;
  let best = form;
  let most = 0;
  for (const base of [form, stem, doubled])
    for (const ending of ['ing', 'ed']) {
      const word = words.indexOf(base + ending);
      if (word < 0 || documents[word] <= most) continue;
      best = base + ending;
      most = documents[word];
    }
  return best;
}

/** Whether a participle follows a form of "to be" at half of its places: what it begins is no name. */
function isPassive({ form, phrase }: NamePart, { stream, wordOf, words }: Tokens): boolean {
  if (!isParticiple(form) || form.endsWith('ing')) return false;
  const { at, before } = phrase;
  const passive = at.filter((position) => {
    const token = stream[position - before - 1] ?? STOP;
    return token >= FIRST_FORM && BE.has(words[wordOf[token - FIRST_FORM]]);
  });
  return passive.length >= at.length * PASSIVE;
}
