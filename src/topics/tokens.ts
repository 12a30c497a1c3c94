import type { Pause } from '../breathe.js';
import type { Detector } from './detector.js';
import { Forms } from './forms.js';
import { bare, type Divider, type Gap, isTelling, keyOf, PAUSE, STOP, type WordSink } from './words.js';

// The stream of a text: a word is FIRST_FORM plus the id of its form, anything less is one of these. A line that
// several texts have is -1 minus its number, its words, and LINE_END.
export { PAUSE, STOP };
/** A stop before a sentence whose words all have capitals, as headlines: they show nothing about spelling. */
export const TITLE_STOP = 2;
export const LINE_END = 3;
export const FIRST_FORM = 4;

/** Shorter lines that texts share are common wording, not copies of one author's. UTF-16 units. */
const COPIED_LINE = 60;
/** UTF-16 units that are read of a text at most, and of all texts together. */
const TEXT_LIMIT = 4000;
const ALL_TEXTS_LIMIT = 400_000_000;
const LEAST_READ = 100;

/** Texts divided into words once, as numbers, so that any grouping of them is counted without reading them again. */
export interface Tokens {
  /** Texts in the order of their wording, which makes every later choice independent of the order of rows. */
  order: Int32Array;
  /** The text at each place of `order` has the tokens `stream[starts[place]] .. stream[starts[place + 1]]`. */
  starts: Float64Array;
  stream: Int32Array;
  /** By place in `order`: equal texts have equal numbers, ascending. */
  identity: Int32Array;
  /** Spellings, and the word that each spells. */
  forms: string[];
  wordOf: Int32Array;
  /** By form: 1 for one that isn't the basic form of its word ("вирусов" of "вирус"). Left out where all are. */
  inflected?: Uint8Array;
  /** Words in lower case; whether each may be a keyword; texts that hold it, copies once. */
  words: string[];
  telling: Uint8Array;
  /** The word that it is a plural of, by an "s" at its end; itself otherwise. */
  singular: Int32Array;
  documents: Int32Array;
  /** How often each form stands in mid-sentence, where a capital means a name, and anywhere. */
  inMidSentence: Int32Array;
  anywhere: Int32Array;
}

/** Texts that were divided into words, for others who need them as well. */
export interface ReadTexts {
  texts: readonly string[];
  /** 1 for a text that was read as it is, 0 where a part was left out. */
  isWhole: Uint8Array;
  /** By which words were divided. */
  languages: readonly string[];
  tokens: Tokens;
  detector: Detector;
}

/** Divides all texts. */
export async function tokenize(texts: readonly string[], divider: Divider, pause: Pause): Promise<Tokens> {
  const order = Int32Array.from(texts.keys()).sort((a, b) => compare(texts[a], texts[b]) || a - b);
  const identity = new Int32Array(order.length);
  for (let at = 1; at < order.length; at++)
    identity[at] = identity[at - 1] + (texts[order[at - 1]] === texts[order[at]] ? 0 : 1);
  const isCopy = (at: number) => at > 0 && identity[at] === identity[at - 1];
  await pause();
  const copiedLines = linesOfSeveral(texts, order, isCopy);
  await pause();
  const limit = Math.max(LEAST_READ, Math.min(TEXT_LIMIT, ALL_TEXTS_LIMIT / Math.max(1, texts.length)));
  const recorder = new Recorder();
  const starts = new Float64Array(texts.length + 1);
  for (const [at, row] of order.entries()) {
    if (isCopy(at)) recorder.repeat(starts[at - 1]);
    else recorder.record(texts[row], divider, limit, copiedLines);
    starts[at + 1] = recorder.length;
    await pause();
  }
  return { order, starts, identity, ...recorder.close() };
}

/** Long lines that more than one different text has, numbered. */
function linesOfSeveral(
  texts: readonly string[],
  order: Int32Array,
  isCopy: (at: number) => boolean,
): Map<string, number> {
  const seen = new Set<string>();
  const several = new Map<string, number>();
  for (const [at, row] of order.entries()) {
    if (isCopy(at) || !texts[row].includes('\n')) continue;
    for (const line of new Set(texts[row].split('\n'))) {
      if (line.length < COPIED_LINE) continue;
      if (!seen.has(line)) seen.add(line);
      else if (!several.has(line)) several.set(line, several.size);
    }
  }
  return several;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Several letters, all capitals. */
export const isCapitals = (form: string): boolean =>
  form.length > 1 && form === form.toUpperCase() && form !== form.toLowerCase();

const IN_CAPITALS = 1;
const LONG = 2;
const CAPITAL = 4;

/** Whether a form is in capitals; whether it has more than three characters, the first a letter, and that a capital. */
function writtenAs(form: string): number {
  const isLong = form.length > 3 && form.charCodeAt(0) > 64;
  return (
    (isCapitals(form) ? IN_CAPITALS : 0) |
    (isLong ? LONG : 0) |
    (form[0] !== form[0].toLowerCase() ? CAPITAL : 0)
  );
}

// What is recorded of each form: its word, how it is written (IN_CAPITALS, and LONG with or without CAPITAL), and how often it stands
// anywhere and in mid-sentence.
const WORD = 0;
const WRITTEN = 1;
const ANYWHERE = 2;
const IN_MID_SENTENCE = 3;
const FORM_FIELDS = 4;
// What is recorded of each word: texts that have it, and the last of them.
const DOCUMENTS = 0;
const LAST_TEXT = 1;
const WORD_FIELDS = 2;

class Recorder implements WordSink {
  length = 0;
  #stream = new Int32Array(1 << 16);
  #forms = new Forms();
  #wordIds = new Map<string, number>();
  #words: string[] = [];
  #telling: number[] = [];
  /** By form FORM_FIELDS numbers, by word WORD_FIELDS: next to each other, since reading from memory takes most of the time. */
  #ofForm = new Int32Array(FORM_FIELDS << 12);
  #ofWord = new Int32Array(WORD_FIELDS << 12);
  #text = 0;
  /** Where the gap before this sentence stands. */
  #sentence = 0;
  /** Words of this sentence after its first: all that could have a capital, and those that have. */
  #cased = 0;
  #capitals = 0;

  record(text: string, divider: Divider, limit: number, copiedLines: Map<string, number>): void {
    this.#text++;
    if (copiedLines.size === 0 || !text.includes('\n')) {
      this.#sentenceStarts();
      divider.divide(text, this, limit);
      this.#sentenceEnds();
      return;
    }
    for (const line of text.slice(0, limit).split('\n')) {
      const copied = copiedLines.get(line);
      if (copied !== undefined) this.#push(-1 - copied);
      this.#sentenceStarts();
      divider.divide(line, this, limit);
      this.#sentenceEnds();
      if (copied !== undefined) this.#push(LINE_END);
    }
  }

  /** Appends the tokens from `start` on again. */
  repeat(start: number): void {
    const end = this.length;
    for (let at = start; at < end; at++) this.#push(this.#stream[at]);
  }

  word(text: string, start: number, end: number): void {
    let id = this.#forms.find(text, start, end);
    if (id < 0) id = this.#learn(text.slice(start, end));
    const ofForm = this.#ofForm;
    const form = FORM_FIELDS * id;
    const ofWord = this.#ofWord;
    const word = WORD_FIELDS * ofForm[form + WORD];
    if (ofWord[word + LAST_TEXT] !== this.#text) {
      ofWord[word + LAST_TEXT] = this.#text;
      ofWord[word + DOCUMENTS]++;
    }
    const written = ofForm[form + WRITTEN];
    if ((written & LONG) !== 0 && this.length > this.#sentence + 1) {
      this.#cased++;
      if ((written & CAPITAL) !== 0) this.#capitals++;
    }
    ofForm[form + ANYWHERE]++;
    this.#push(FIRST_FORM + id);
  }

  gap(gap: Gap): void {
    if (gap === PAUSE) {
      this.#push(PAUSE);
      return;
    }
    this.#sentenceEnds();
    this.#sentenceStarts();
  }

  close(): Omit<Tokens, 'order' | 'starts' | 'identity'> {
    const forms = this.#forms.all;
    const field = (of: number) => Int32Array.from(forms, (_, id) => this.#ofForm[FORM_FIELDS * id + of]);
    return {
      stream: this.#stream.slice(0, this.length),
      forms,
      wordOf: field(WORD),
      words: this.#words,
      telling: Uint8Array.from(this.#telling),
      singular: Int32Array.from(this.#words, (word, id) =>
        word.length > 4 && word.endsWith('s') ? (this.#wordIds.get(word.slice(0, -1)) ?? id) : id,
      ),
      documents: Int32Array.from(this.#words, (_, id) => this.#ofWord[WORD_FIELDS * id + DOCUMENTS]),
      inMidSentence: field(IN_MID_SENTENCE),
      anywhere: field(ANYWHERE),
    };
  }

  #sentenceStarts(): void {
    this.#sentence = this.length;
    this.#cased = 0;
    this.#capitals = 0;
    this.#push(STOP);
  }

  /** A sentence of at least two long words, four in five of them with capitals, is a headline. */
  #sentenceEnds(): void {
    if (this.#cased >= 2 && this.#capitals >= this.#cased * 0.8) {
      this.#stream[this.#sentence] = TITLE_STOP;
      return;
    }
    for (let at = this.#sentence + 2; at < this.length; at++) {
      const token = this.#stream[at];
      if (token >= FIRST_FORM && !this.#isShoutedAt(at))
        this.#ofForm[FORM_FIELDS * (token - FIRST_FORM) + IN_MID_SENTENCE]++;
    }
  }

  /** In capitals next to a word in capitals: "NEW YORK (Reuters)" doesn't show how New York is usually written. */
  #isShoutedAt(at: number): boolean {
    return (
      this.#isInCapitals(at) &&
      (this.#isInCapitals(at - 1) || (at + 1 < this.length && this.#isInCapitals(at + 1)))
    );
  }

  #isInCapitals(at: number): boolean {
    const token = this.#stream[at];
    return (
      token >= FIRST_FORM && (this.#ofForm[FORM_FIELDS * (token - FIRST_FORM) + WRITTEN] & IN_CAPITALS) !== 0
    );
  }

  #learn(form: string): number {
    const id = this.#forms.add(form);
    const key = keyOf(form);
    let word = this.#wordIds.get(key);
    if (word === undefined) {
      word = this.#words.length;
      this.#wordIds.set(key, word);
      this.#words.push(key);
      this.#telling.push(isTelling(bare(form)) ? 1 : 0);
      this.#ofWord = atLeast(this.#ofWord, WORD_FIELDS * (word + 1));
    }
    this.#ofForm = atLeast(this.#ofForm, FORM_FIELDS * (id + 1));
    this.#ofForm[FORM_FIELDS * id + WORD] = word;
    this.#ofForm[FORM_FIELDS * id + WRITTEN] = writtenAs(form);
    return id;
  }

  #push(token: number): void {
    if (this.length === this.#stream.length) this.#stream = atLeast(this.#stream, this.length + 1);
    this.#stream[this.length++] = token;
  }
}

/** The same numbers in an array that holds at least `length`; twice as long where it was too short. */
function atLeast(numbers: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  if (numbers.length >= length) return numbers;
  const wider = new Int32Array(2 * numbers.length);
  wider.set(numbers);
  return wider;
}
