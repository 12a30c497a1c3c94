import type { Joined } from './adjacency.js';
import { isInflected } from './diversity.js';
import { GERUND } from './english-uses.js';
import { alone, type Joining, join, joined } from './joining.js';
import { type GroupMeaning, OFTEN } from './meaning.js';
import type { NamePart } from './name-part.js';
import { isOfOneVerb } from './repeats.js';
import type { Speller } from './spelling.js';
import type { Tokens } from './tokens.js';

/** Share of the better of two nouns' strength that both together need to be joined by a small word, where few texts have both. */
const KEPT = 0.4;
/** Share of a name's strength from which two frequent words say more: they are two, and their texts fewer. */
const AS_STRONG = 0.85;

/**
 * Whether two parts, joined by a preposition, are an example of what one of them says of far more texts: "mutants of escherichia coli"
 * where most have "escherichia coli".
 */
export function isWeaker({ one, other, gap }: Joining, meaning: GroupMeaning): boolean {
  if (gap === '' || gap === 'not' || (one.parts === 1 && one.first.isModifier)) return false;
  const both = [...one.all, ...other.all];
  if (meaning.textsWith(both) >= meaning.places.length * OFTEN) return false;
  const better = Math.max(meaning.strengthOf(one.all), meaning.strengthOf(other.all));
  return meaning.strengthOf(both) < better * KEPT;
}

/**
 * With two words first that many of the texts have together, where both tell the group from others about as well as any part of the
 * name or better, though neither may by itself: "open account, age" for "age, children, kids".
 * @param frequent words that many of the group's texts have
 */
export function withPair(
  parts: Joined[],
  frequent: readonly NamePart[],
  meaning: GroupMeaning,
  tokens: Tokens,
  speller: Speller,
): Joined[] {
  const isSaidBy = (joining: Joining, { form }: Joined) =>
    wordsIn(joining.form).every((word) => wordsIn(form).some((other) => isForm(word, other)));
  const phrases = parts.filter((part) => part.parts > 1).flatMap(({ all }) => all.filter(isPhrase));
  let most = Math.max(...parts.map(({ all }) => meaning.strengthOf(all))) * AS_STRONG;
  let best: Joining | undefined;
  for (const [at, one] of frequent.entries())
    for (const other of frequent.slice(at + 1)) {
      if (meaning.textsWith([one, other]) < LEAST) continue;
      const strength = meaning.strengthOf([one, other]);
      if (strength <= most) continue;
      const joining = join(alone(one), alone(other), tokens, speller);
      if (!joining || isClauseOnly(joining) || parts.some((part) => isSaidBy(joining, part))) continue;
      // "Exchange rate applied" loses its "exchange rate" to no "item bought".
      const loses = (part: NamePart) =>
        !wordsIn(part.form).every((word) => wordsIn(joining.form).includes(word));
      if (phrases.some((part) => loses(part) && meaning.strengthOf([part]) > strength)) continue;
      most = strength;
      best = joining;
    }
  if (best === undefined) return parts;
  const [pair] = joined([], best);
  const own = wordsIn(pair.form);
  const isSaid = (word: string) => own.some((other) => isForm(word, other) || isOfOneVerb(word, other));
  // "SVN repository" says "Subversion".
  const isSame = ({ first, parts }: Joined) =>
    parts === 1 && pair.all.some((one) => meaning.isSame(one, first));
  const others = parts.filter((part) => !wordsIn(part.form).some(isSaid) && !isSame(part));
  return [pair, ...others.slice(0, 1)];
}

/** Texts that a pair needs. */
const LEAST = 3;

/** Whether a pair is a part of a sentence that names nothing: "provides types", "bank traveling". */
const isClauseOnly = ({ one, other, gap, form }: Joining): boolean =>
  [one, other].some(({ first }) => (first.isPlainVerb || first.isModifier) && /[^s]s$/.test(first.form)) ||
  (gap !== 'not' && GERUND.test(form) && !one.first.isModifier);

const isPhrase = ({ form }: NamePart): boolean => form.includes(' ');

const wordsIn = (form: string): string[] => form.toLowerCase().split(' ');

const isForm = (one: string, other: string): boolean =>
  one === other || (one.length <= other.length ? isInflected(one, other) : isInflected(other, one));
