import { lowerBound } from '../lower-bound.js';
import type { Matrix } from '../shapes.js';
import type { NamePart } from './name-part.js';
import { inAll, Postings } from './postings.js';
import { spread } from './spread.js';
import { strengthOf } from './strength.js';
import { isCapitals, type Tokens } from './tokens.js';

/** Mean rank of a word's texts, from 0 (outermost) to 1 (most central), below which it is accidental, … */
const EDGE = 0.35;
/** … if that is so many standard deviations below the middle. */
const DEVIATIONS = 2;
/** Cosine from which words mean the same, and a phrase the same as another or as a word, … */
const SAME = 0.75;
const SAME_PHRASES = 0.82;
/** The same for a word and its beginning, "mathematics" and "math", however often they co-occur. */
const SAME_SHORT = 0.6;
/** … if texts have both in at most this share of the cases that chance would give, … */
const APART = 1 / 3;
/** … and chance would give so many. */
const BY_CHANCE = 1.5;
/** Cosine from which two words that many texts have mean the same, where chance would give this many texts with both … */
const SAME_OFTEN = 0.6;
const OFTEN_BY_CHANCE = 10;
/** … and so few have: "luggage" and "bags". */
const HARDLY_BOTH = 0.23;
/** The later of two such words stays if it has more than 1 / 0.8 as many texts. */
const LATER = 0.8;
/**
 * How near the texts elsewhere that have a word are to the group, from 0 (as all texts) to 1 (as the group's own), below which the word
 * says nothing about the group, …
 */
const NEAR = 0.2;
/** … if it has so many texts elsewhere, and no fewer than in the group. */
const ELSEWHERE = 8;
/** Share of a group's texts from which a word at its edge is one of the things that the group is about. */
export const OFTEN = 0.22;
/** Texts whose vectors are read, for a word and for the mean of all. */
const READ_FOR_WORD = 60;
const READ_FOR_GROUP = 200;
const READ_FOR_ALL = 1000;

/** Compares words by the vectors of the texts that have them. */
export class Meanings {
  #postings: Postings | undefined;
  #middle: Float64Array | undefined;
  /** By words of a phrase: of unit length, as seen from the mean of all texts. */
  readonly #directions = new Map<string, Float64Array>();

  constructor(
    readonly tokens: Tokens,
    readonly vectors: Matrix,
  ) {}

  /** The texts that have the words of a part, ascending places. */
  placesWith({ phrase }: NamePart): Int32Array {
    this.#postings ??= new Postings(this.tokens);
    return this.#postings.ofPhrase(phrase);
  }

  /** The texts that have the words of a part in any form, ascending places. */
  placesWithForms({ phrase }: NamePart): Int32Array {
    this.#postings ??= new Postings(this.tokens);
    return this.#postings.ofForms(phrase);
  }

  /** Cosine of the directions in which the texts of two parts lie from the mean of all texts. */
  likeness(one: NamePart, other: NamePart): number {
    const a = this.#directionOf(one);
    const b = this.#directionOf(other);
    return dot(a, b);
  }

  /** The mean of all texts. */
  get middle(): Float64Array {
    this.#middle ??= meanOf(spread(this.tokens.order, READ_FOR_ALL), this.vectors);
    return this.#middle;
  }

  /** The mean of some texts, by their places. */
  meanOf(places: Int32Array, most: number): Float64Array {
    const { order } = this.tokens;
    return meanOf(
      spread(places, most).map((place) => order[place]),
      this.vectors,
    );
  }

  #directionOf(part: NamePart): Float64Array {
    const known = this.#directions.get(part.form);
    if (known) return known;
    const from = this.middle;
    const apart = this.meanOf(this.placesWith(part), READ_FOR_WORD).map((value, c) => value - from[c]);
    const length = Math.hypot(...apart) || 1;
    const direction = apart.map((value) => value / length);
    this.#directions.set(part.form, direction);
    return direction;
  }
}

/** What words mean within one group. */
export class GroupMeaning {
  readonly #sorted: Float64Array;
  /** By form of a part. */
  readonly #positions = new Map<string, number[]>();
  readonly #accidental = new Map<string, boolean>();
  readonly #ofForms = new Map<NamePart, Int32Array>();
  /** The mean of the group's texts. */
  #mean: Float64Array | undefined;

  /**
   * @param places the group's texts, ascending
   * @param near by position in `places`: how near each text is to the group's mean, greater is nearer
   */
  constructor(
    readonly meanings: Meanings,
    readonly places: Int32Array,
    readonly near: Float64Array,
  ) {
    this.#sorted = near.toSorted();
  }

  /** Whether a word says nothing about the group: only texts at its edge have it, or texts of all kinds. */
  isAccidental(part: NamePart): boolean {
    const known = this.#accidental.get(part.form) ?? (this.#isAtEdge(part) || this.#isOfAnything(part));
    this.#accidental.set(part.form, known);
    return known;
  }

  /**
   * Whether texts of other groups that have a word are, on average, hardly nearer to this group than texts at large are: "item" of "exchange
   * rate, item", "city" of "Baghdad, city".
   */
  #isOfAnything(part: NamePart): boolean {
    const { places, meanings } = this;
    const own = this.#positionsOf(part).length;
    // "SharePoint" of a fifth of the texts says what they are about, however many others have it.
    if (/\p{Lu}/u.test(part.form) && own >= places.length * OFTEN) return false;
    const others = meanings.placesWith(part).filter((place) => places[lowerBound(places, place)] !== place);
    if (others.length < Math.max(ELSEWHERE, own)) return false;
    this.#mean ??= meanings.meanOf(places, READ_FOR_GROUP);
    const from = dot(meanings.middle, this.#mean);
    const near = dot(meanings.meanOf(others, READ_FOR_WORD), this.#mean) - from;
    return near < NEAR * (dot(this.#mean, this.#mean) - from);
  }

  /**
   * Whether only texts at the group's edge have it, and few: "friends" of "auto top-up, friends", but not "American Express" next to "Apple
   * Pay". By the mean rank of its texts, which must be lower than by chance (Wilcoxon's rank sums).
   */
  #isAtEdge(part: NamePart): boolean {
    const held = this.#positionsOf(part);
    const all = this.places.length;
    const others = all - held.length;
    if (held.length === 0 || held.length >= all * OFTEN) return false;
    const ranks = held.map((at) => (lowerBound(this.#sorted, this.near[at]) + 0.5) / all);
    const mean = ranks.reduce((sum, rank) => sum + rank, 0) / held.length;
    const deviation = Math.sqrt((others * (all + 1)) / (12 * held.length)) / all;
    return mean < EDGE && mean < 0.5 - DEVIATIONS * deviation;
  }

  /** Texts of the group that have all of some parts, in any form of their words. */
  textsWith(parts: readonly NamePart[]): number {
    const { places } = this;
    const held = parts.map((part) => {
      const known = this.#ofForms.get(part);
      if (known) return known;
      const own = inAll([this.meanings.placesWithForms(part), places]);
      this.#ofForms.set(part, own);
      return own;
    });
    return inAll(held).length;
  }

  /** How well some parts that stand in one text tell the group from others; see `strengthOf`. */
  strengthOf(parts: readonly NamePart[]): number {
    const own = this.textsWith(parts);
    if (own === 0) return 0;
    const all = inAll(parts.map((part) => this.meanings.placesWithForms(part))).length;
    const size = this.places.length;
    return strengthOf(own, size, all - own, this.meanings.tokens.order.length - size);
  }

  /** Whether the best part is accidental, and a later one, a noun that tells the group from others, is not. */
  isLedByAccident([first, ...others]: readonly NamePart[]): boolean {
    if (first === undefined || !this.isAccidental(first)) return false;
    return others.some((part) => isTellingNoun(part) && !this.isAccidental(part));
  }

  /**
   * Without accidental parts. The first stays where no other noun tells the group from others.
   * @param partOf what is looked at; undefined for a part that stays
   */
  withoutAccidental<T>(parts: readonly T[], partOf: (part: T) => NamePart | undefined): T[] {
    const isAccidental = (part: T) => {
      const own = partOf(part);
      return own !== undefined && this.isAccidental(own);
    };
    const kept = parts.filter((part, i) => i === 0 || !isAccidental(part));
    const hasOther = kept.slice(1).some((part) => isTellingNoun(partOf(part)));
    return hasOther && isAccidental(kept[0]) ? kept.slice(1) : kept;
  }

  /**
   * Without the later of two parts that mean the same, "baggage" and "luggage". If it has clearly more texts, it takes the earlier
   * one's place.
   * @param nounsOf what is looked at, the first of them for a part by itself: "SVN" and "repository" of "SVN repository"
   * @param stays whether a part stays in its place, whatever else means the same
   */
  withoutSame<T>(
    parts: readonly T[],
    nounsOf: (part: T) => readonly NamePart[],
    stays: (part: T) => boolean = () => false,
  ): T[] {
    const kept: T[] = [];
    for (const part of parts) {
      const [own] = nounsOf(part);
      const at = kept.findIndex((other) => own && nounsOf(other).some((noun) => this.isSame(noun, own)));
      if (at < 0 || stays(part)) kept.push(part);
      else if (!stays(kept[at]) && own.texts * LATER > nounsOf(kept[at])[0].texts) kept[at] = part;
    }
    return kept;
  }

  /** Whether two parts are words for one thing: the vectors of their texts are alike, and hardly a text has both. */
  isSame(one: NamePart, other: NamePart): boolean {
    if (isShortFor(one.form, other.form) && this.meanings.likeness(one, other) >= SAME_SHORT) return true;
    // "OPEC" is no other word for "barrel".
    if (/\p{Lu}/u.test(one.form) !== /\p{Lu}/u.test(other.form)) return false;
    const a = this.#positionsOf(one);
    const b = new Set(this.#positionsOf(other));
    const byChance = (a.length * b.size) / this.places.length;
    if (byChance < BY_CHANCE) return false;
    const both = a.filter((at) => b.has(at)).length;
    const isPhrase = one.form.includes(' ') || other.form.includes(' ');
    const areRivals =
      !isPhrase && byChance >= OFTEN_BY_CHANCE && this.textsWith([one, other]) <= byChance * HARDLY_BOTH;
    if (areRivals && this.meanings.likeness(one, other) >= SAME_OFTEN) return true;
    return both <= byChance * APART && this.meanings.likeness(one, other) >= (isPhrase ? SAME_PHRASES : SAME);
  }

  /** The group's texts that have a part, as positions in `places`. */
  #positionsOf(part: NamePart): number[] {
    const known = this.#positions.get(part.form);
    if (known) return known;
    const { places } = this;
    const held: number[] = [];
    this.#positions.set(part.form, held);
    for (const place of this.meanings.placesWith(part)) {
      const at = lowerBound(places, place);
      if (places[at] === place) held.push(at);
    }
    return held;
  }
}

/** Fewest letters of a word that is short for a longer one, and of one in capitals. */
const SHORT_LEAST = 3;
const CAPITALS_LEAST = 2;
/** Letters that a word of fewer than four has less at most: "bag" and "baggage" are one, "bar" and "bartender" two. */
const SHORTER = 4;

/** Whether one of two words is the beginning of the other: "math" of "mathematics", "ID" of "identity". */
function isShortFor(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (long.includes(' ')) return false;
  if (isCapitals(short)) return short.length >= CAPITALS_LEAST && long.startsWith(short.toLowerCase());
  if (short.length < SHORT_LEAST || !long.startsWith(short)) return false;
  return short.length > SHORT_LEAST || long.length - short.length <= SHORTER;
}

const isTellingNoun = (part: NamePart | undefined): boolean => !part || (part.tells && !part.isModifier);

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < one.length; c++) sum += one[c] * other[c];
  return sum;
}

function meanOf(rows: readonly number[], { data, cols }: Matrix): Float64Array {
  const mean = new Float64Array(cols);
  for (const row of rows) {
    const from = row * cols;
    for (let c = 0; c < cols; c++) mean[c] += data[from + c];
  }
  return mean.map((sum) => sum / Math.max(1, rows.length));
}
