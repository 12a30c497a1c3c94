import { type Joined, withVerbFirst, wordsOf } from './adjacency.js';
import { GERUND } from './english-uses.js';
import { isParticiple, WHEN } from './grammar.js';
import { alone, better, type Joining, join, joined, LONGEST } from './joining.js';
import { supportOf } from './keywords.js';
import type { GroupMeaning } from './meaning.js';
import type { NamePart } from './name-part.js';
import { NAME_WORDS } from './names.js';
import { isWeaker, withPair } from './pairs.js';
import { isOfOneVerb, withoutRepeats } from './repeats.js';
import type { Speller } from './spelling.js';
import type { Tokens } from './tokens.js';

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
  /** Words that many texts have; two of them that tell the group better than the name does come first. */
  frequent?: readonly NamePart[];
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
  { wanted, common, further = [], frequent = [], texts, isProse = true, meaning }: JoinOptions,
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
    .map((part, rank) => alone(part, rank));
  while (isProse) {
    let best: Joining | undefined;
    for (const [at, one] of left.entries())
      for (const other of left.slice(at + 1))
        if (
          ![one, other].some((part) => {
            const beside = part === one ? other : one;
            return isExample(part, beside, texts, JOINED_PREVALENT) || isKind(part, beside, texts);
          })
        ) {
          const next = join(one, other, tokens, speller);
          if (next && !(meaning && isWeaker(next, meaning))) best = better(best, next);
        }
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
    // "Lost bag" says "luggage", "SVN repository" says "Subversion".
    const nounsOf = ({ first, all }: Joined) => {
      const nouns = all.filter(({ isModifier }) => !isModifier);
      return nouns.length > 0 ? nouns : [first];
    };
    const kept = meaning.withoutSame(
      meaning.withoutAccidental(left, lookedAt),
      nounsOf,
      ({ parts }) => parts > 1,
    );
    // "slow" does not take the place of a noun that is left out.
    const hasLess = kept.length < left.length && kept.some((part) => !isLoneModifier(part));
    left = hasLess ? kept.filter((part) => !isLoneModifier(part) || isParticiple(part.form)) : kept;
  }
  if (left.length > 0 && left.every(isLoneModifier)) {
    let best: Joining | undefined;
    for (const part of common) {
      best = better(best, join(left[0], alone(part), tokens, speller));
    }
    if (best) left = joined(left, best).sort((one, other) => one.rank - other.rank);
  }
  const usual = withFurther(
    withVerbFirst(shown(left, texts), LONGEST, tokens),
    further,
    parts,
    texts,
    meaning,
  );
  const named = isProse && meaning ? withPair(usual, frequent, meaning, tokens, speller) : usual;
  return [...named.filter(isClause), ...named.filter((part) => !isClause(part))].map(({ form }) => form);
}

/** A verb with the noun of many texts that it is joined to in most: "delete account". */
function withCommon(
  verb: NamePart,
  common: readonly NamePart[],
  tokens: Tokens,
  speller: Speller,
): string | undefined {
  let best: Joining | undefined;
  for (const noun of common) best = better(best, join(alone(verb), alone(noun), tokens, speller));
  return best?.form;
}

/** Share of the texts from which one word is enough of a name, and texts that a keyword next to it needs. */
const ALONE_SHARE = 0.5;
const FURTHER_LEAST = 3;
/** The same of an accidental keyword where there is no other, and its share of the texts. */
const ACCIDENTAL_LEAST = 5;
const ACCIDENTAL_SHARE = 0.15;

/**
 * A name of one part with a second where it tells the group from no other, or is one word that few of the texts have: "Python, pip packages",
 * "analysis, molecular dynamics".
 */
function withFurther(
  parts: Joined[],
  further: readonly NamePart[],
  keywords: readonly NamePart[],
  texts: number,
  meaning: GroupMeaning | undefined,
): Joined[] {
  const [best] = parts;
  if (parts.length !== 1 || best.first.isModifier) return parts;
  const isWord = best.parts === 1 && !best.form.includes(' ');
  const tells = best.first.tells || best.last.tells;
  if (tells && !(isWord && best.first.texts < texts * ALONE_SHARE)) return parts;
  const others = (some: readonly NamePart[], least: number) =>
    some.filter(
      (part) =>
        part.tells &&
        !part.isModifier &&
        part.texts >= least &&
        part.form !== best.first.form &&
        !best.all.some((own) => meaning?.isSame(own, part)),
    );
  // "UK, Visa card": better than "UK", though texts of anything have the card.
  const next =
    others(further, FURTHER_LEAST).find((part) => !meaning?.isAccidental(part)) ??
    others(keywords, Math.max(ACCIDENTAL_LEAST, texts * ACCIDENTAL_SHARE)).at(0);
  if (next === undefined) return parts;
  return [best, alone(next, best.rank + 1)];
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
