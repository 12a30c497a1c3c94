import { FIRST_FORM, STOP, type Tokens } from './tokens.js';

const ARTICLE = 'ال';
/** A word with the article, also after "and", "so", "in", "as" and "for". */
const DEFINITE = /^[وف]?(?:[بك]?ال|لل)../u;
/** Before nouns, and hardly ever before verbs. */
const PREPOSITIONS = new Set(
  'في من على إلى الى عن مع بين خلال عبر حول بعد قبل تحت فوق ضد منذ نحو لدى دون أثناء كل بعض جميع أي'.split(
    ' ',
  ),
);
/** Before verbs: "has", "not", "will", "that". */
const BEFORE_VERBS = new Set('قد لقد وقد لم لن سوف كان كانت كانوا ما لا أن'.split(' '));
/** Share of a definite word's places right after another one from which it is that one's adjective: "الذكرى السنوية". */
const ATTRIBUTE = 0.6;
const LEAST = 2;

const counted = new WeakMap<Tokens, Counts>();

interface Counts {
  all: Int32Array;
  afterDefinite: Int32Array;
  nouns: Int32Array;
  verbs: Int32Array;
  vocabulary: Set<string>;
}

/**
 * Whether an Arabic word is an adjective or a verb: definite, it mostly follows a definite noun; indefinite, the texts have it with a
 * verb's prefix or ending, never with the article and never after a preposition.
 */
export function isArabicModifier(word: number, tokens: Tokens): boolean {
  const counts = counted.get(tokens) ?? count(tokens);
  counted.set(tokens, counts);
  const { all, afterDefinite, nouns, verbs, vocabulary } = counts;
  const form = tokens.words[word];
  if (form.startsWith(ARTICLE))
    return afterDefinite[word] >= Math.max(LEAST, all[word] * ATTRIBUTE) && nouns[word] < afterDefinite[word];
  if (nouns[word] > 0 || vocabulary.has(ARTICLE + form)) return false;
  if (verbs[word] >= LEAST) return true;
  const isPresent = /^[يت]..../u.test(form);
  const rest = form.slice(1);
  const others = isPresent
    ? [rest, `${rest}ت`, `ي${rest}`, `ت${rest}`, `س${form}`, `${form}ون`]
    : [`${form}ت`, `${form}وا`, `ي${form}`, `ت${form}`, `سي${form}`, form.replace(/ى$/u, 'ت')];
  return others.some((other) => other !== form && vocabulary.has(other) && !vocabulary.has(ARTICLE + other));
}

function count({ stream, wordOf, words, forms }: Tokens): Counts {
  const zeros = () => new Int32Array(words.length);
  const counts = {
    all: zeros(),
    afterDefinite: zeros(),
    nouns: zeros(),
    verbs: zeros(),
    vocabulary: new Set(words),
  };
  const isDefinite = Uint8Array.from(forms, (form) => (DEFINITE.test(form) ? 1 : 0));
  for (let at = 0; at < stream.length; at++) {
    if (stream[at] < FIRST_FORM) continue;
    const form = stream[at] - FIRST_FORM;
    const word = wordOf[form];
    counts.all[word]++;
    // "بالإنترنت": with a preposition of one letter.
    if (forms[form].length > words[word].length && /^[وف]?[بلك]/u.test(forms[form])) counts.nouns[word]++;
    const before = stream[at - 1] ?? STOP;
    if (before < FIRST_FORM) continue;
    const previous = words[wordOf[before - FIRST_FORM]];
    if (PREPOSITIONS.has(previous)) counts.nouns[word]++;
    else if (BEFORE_VERBS.has(previous)) counts.verbs[word]++;
    else if (isDefinite[before - FIRST_FORM] === 1) counts.afterDefinite[word]++;
  }
  return counts;
}
