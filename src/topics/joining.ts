import { AFTER_VERBS, adjacency, type Joined } from './adjacency.js';
import { BE } from './english-uses.js';
import { endsInS, isParticiple } from './grammar.js';
import type { NamePart } from './name-part.js';
import type { Speller } from './spelling.js';
import { FIRST_FORM, STOP, type Tokens } from './tokens.js';
import { numbersOf } from './word-numbers.js';

/** Share of the rarer keyword's texts that have both together, in either order; half of it in the order shown. */
const SHARE = 0.4;
/** Share of a participle's places after a form of "to be" from which it is a passive. */
const PASSIVE = 0.4;
const MOST_WORDS = 5;
/** Characters of a joined part at most. */
export const LONGEST = 40;

/** A part by itself. */
export const alone = (part: NamePart, rank = 0): Joined => ({
  first: part,
  last: part,
  all: [part],
  form: part.form,
  rank,
  parts: 1,
});

/** Two parts that are to become one. */
export interface Joining {
  one: Joined;
  other: Joined;
  share: number;
  form: string;
  /** Small words between them that the name keeps. */
  gap: string;
}

export const better = (best: Joining | undefined, next: Joining | undefined): Joining | undefined =>
  next && next.share > (best?.share ?? 0) ? next : best;

export const joined = (parts: Joined[], { one, other, form }: Joining): Joined[] => [
  ...parts.filter((part) => part !== one && part !== other),
  {
    first: one.first,
    last: other.last,
    form,
    rank: Math.min(one.rank, other.rank),
    parts: one.parts + other.parts,
    all: [...one.all, ...other.all],
  },
];

/** How two parts are joined, in the order that more texts have; undefined where they are not. */
export function join(one: Joined, other: Joined, tokens: Tokens, speller: Speller): Joining | undefined {
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
  // "(a router) contains flaws" is no name: of orders, "change PIN", no verb has an ending.
  if (from.parts === 1 && from.first.isPlainVerb && endsInS(from.first.form)) return undefined;
  // An adverb says nothing about a package that is "neatly bundled".
  if (from.first.isModifier && from.parts === 1 && from.form.endsWith('ly')) return undefined;
  // "Age related" needs its changes.
  if (gap === '' && !from.first.isModifier && to.parts === 1 && to.first.isAttribute) return undefined;
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
  return { one: from, other: to, share, form, gap };
}

/** A part as it is written at some of its places, with the capitals that it has at all. */
function spelledAt({ last, form }: Joined, at: Int32Array, speller: Speller): string {
  const written = speller.spell({ ...last.phrase, at });
  return written.toLowerCase() === form.toLowerCase() ? form : written;
}

/** "Working" for "work" after "not", whichever participle more texts have; the word itself where they have none. */
function participleOf(form: string, tokens: Tokens): string {
  if (isParticiple(form)) return form;
  const stem = form.replace(/e$/, '');
  const doubled = `${form}${form.at(-1)}`;
  let best = form;
  let most = 0;
  for (const base of [form, stem, doubled])
    for (const ending of ['ing', 'ed']) {
      const word = numbersOf(tokens).get(base + ending);
      if (word === undefined || tokens.documents[word] <= most) continue;
      best = base + ending;
      most = tokens.documents[word];
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
