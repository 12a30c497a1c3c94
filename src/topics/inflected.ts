import { capitalsOf } from './capitals.js';
import { FIRST_FORM, STOP, type Tokens } from './tokens.js';

const split = (words: string): Set<string> => new Set(words.split(' '));

/** What stands before nouns: articles, possessives, demonstratives, and prepositions joined with articles. */
const BEFORE_NOUNS: Record<string, Set<string>> = {
  es: split(
    'el la los las un una unos unas al del su sus mi mis tu tus nuestro nuestra nuestros nuestras este esta estos estas ese esa esos esas aquel aquella cada otro otra otros otras ningún ninguna algún alguna algunos algunas muchos muchas varios varias cuyo cuya',
  ),
  fr: split(
    'le la les un une des du au aux ce cet cette ces son sa ses leur leurs mon ma mes ton ta tes notre nos votre vos chaque quelques plusieurs certains certaines aucun aucune',
  ),
  it: split(
    'il lo la i gli le un uno una del dello della dei degli delle al allo alla ai agli alle dal dallo dalla dai dagli dalle nel nello nella nei negli nelle sul sullo sulla sui sugli sulle questo questa questi queste quel quella quei quelle suo sua suoi sue loro ogni alcuni alcune',
  ),
  pt: split(
    'o a os as um uma uns umas do da dos das no na nos nas ao aos à às pelo pela pelos pelas seu sua seus suas meu minha meus minhas nosso nossa este esta estes estas esse essa esses essas cada outro outra outros outras algum alguma alguns algumas',
  ),
  ca: split(
    'el la els les un una uns unes al als del dels pel pels seu seva seus seves aquest aquesta aquests aquestes cada',
  ),
};
/** Prepositions, after which an infinitive stands as well as a noun. */
const PREPOSITIONS: Record<string, Set<string>> = {
  es: split('de en con por sin sobre entre hacia contra desde según durante'),
  fr: split('de en avec par sans sur entre vers contre dans chez depuis selon sous'),
  it: split('di in con per senza su tra fra contro da verso'),
  pt: split('de em com por sem sobre entre contra desde para'),
  ca: split('de en amb per sense sobre entre contra des'),
};
/** What follows a verb, as its object, and hardly ever a noun. */
const AFTER_VERBS: Record<string, Set<string>> = {
  es: split('el la los las un una unos unas su sus este esta estos estas ese esa esos esas'),
  fr: split('le la les un une ce cet cette ces son sa ses leur leurs'),
  it: split('il lo la i gli le un uno una questo questa questi queste suo sua suoi sue'),
  pt: split('o os as um uma uns umas seu sua seus suas este esta estes estas'),
  ca: split('el la els les un una uns unes aquest aquesta'),
};
/** Share of a word's occurrences before one of these from which it is a verb. */
const OBJECT_SHARE = 0.25;
/** What may stand before any word, and shows nothing: "and", "or", "to". */
const BEFORE_ANY = split('y e o u et ou i ed a à para pour per que qui che');
const INFINITIVE: Record<string, RegExp> = {
  es: /..[aei]r(?:se|l[aeo]s?)?$/,
  fr: /..(?:er|ir|re)$/,
  it: /..[aei]r(?:e|si)$/,
  pt: /..[aeio]r$/,
  ca: /..(?:ar|er|ir|re)$/,
};
/** How other forms of verbs, adjectives and adverbs end. Nouns end like some of these, others don't. */
const MODIFYING: Record<string, RegExp> = {
  es: /(?:ó|aron|ieron|[aí]ban?|ían?|ndo|[aeií]d[oa]s?|mente|ales?|[ií]c[oa]s?|os[oa]s?|iv[oa]s?|[aiá]bles?|[ae]ntes?|ari[oa]s?|eñ[oa]s?|an[oa]s?|er[oa]s?|ére[oa]s?|áne[oa]s?|[aei]mos)$/,
  fr: /(?:ée?s?|it|ient|[iu]e?s?|ont|ez|ant(?:e?s?)|ents?|mt|iques?|[ae]ls?|ales?|elles?|aux|eux|euses?|ifs?|ives?|ables?|ibles?|aires?|ienn?e?s?|ains?|aines?|ment|asse)$/,
  it: /(?:[òùì]|[aiu]t[oaie]|[aei]v[ao]|arono|irono|ndo|mente|al[ei]|ic[oaihe]+|os[oaie]|iv[oaie]|[ai]bil[ei]|[ae]nt[ei]|ari[oae]?|an[oaie]|[aei]mo)$/,
  pt: /(?:ou|[aei]ram|ava|avam|iam?|ndo|[aeií]d[oa]s?|mente|[ai]l|ais|[ií]c[oa]s?|os[oa]s?|iv[oa]s?|[aiá]ve(?:l|is)|[ae]ntes?|ári[oa]s?|an[oa]s?|[aei]mos|eu|iu)$/,
  ca: /(?:[aeiu]d[ae]s?|[aeiu]ts?|ava|aven|ien|[aei]nt|ment|als?|i[cq]u?e?s?|os[ae]?s?|iu|iv[ae]s?|ables?|ibles?)$/,
};
/** How no noun ends: "interpretó", "devaient", "especialmente". */
const FINITE: Record<string, RegExp> = {
  es: /(?:....mente|...[aei]rse|...ó|...aron|..ieron|..aban|...ará|...erá|...irá|...arán|...erán|...irán)$/,
  fr: /(?:..aient|..èrent|..eront|..era|..ira)$/,
  it: /(?:....mente|...[aei]rsi|...ò|..arono|..irono|..avano|..eranno|..iranno|..erà|..irà)$/,
  pt: /(?:....mente|...ou|..aram|..eram|..iram|..avam|...ará|...erá|...irá|..arão|..erão|..irão)$/,
  ca: /(?:..aren|..aven)$/,
};
/** Adverbs of French, by the adjectives that they are made of: "immédiatement", not "gouvernement". */
const ADVERB: Record<string, RegExp> = {
  fr: /..(?:iquement|ivement|eusement|[ae]mment|[a-z]alement|ièrement|ctement|[uni]ellement|iatement|idement|isément|plement)$/,
};
/** Participles and adjectives of which the texts have another form, of the verb or of the other gender: how that ends in place of theirs. */
const FAMILIES: Record<string, readonly (readonly [ending: RegExp, others: readonly string[]])[]> = {
  es: [
    [/ad[oa]s?$/, ['ar', 'ó', 'aron', 'ando', 'aban', 'arse']],
    [/id[oa]s?$/, ['er', 'ir', 'ió', 'ieron', 'iendo']],
  ],
  fr: [
    [/ée?s?$/, ['er', 'ent', 'ait', 'aient', 'ant', 'èrent', 'a']],
    [/ielles?$/, ['iel', 'iels']],
    [/els?$/, ['elle', 'elles']],
    [/ives?$/, ['if', 'ifs']],
    [/euses?$/, ['eux']],
    [/er$/, ['é', 'ée', 'és', 'ées', 'ait', 'ant', 'ent']],
  ],
  it: [
    [/at[oaie]$/, ['are', 'ò', 'arono', 'ando', 'ano', 'arsi']],
    [/it[oaie]$/, ['ire', 'ì', 'irono', 'endo']],
    [/ut[oaie]$/, ['ere']],
    [/are$/, ['ato', 'ata', 'ati', 'ate', 'ò', 'ando']],
    [/ire$/, ['ito', 'ita', 'iti', 'ite', 'ì']],
  ],
  pt: [
    [/ad[oa]s?$/, ['ar', 'ou', 'aram', 'ando', 'ava']],
    [/id[oa]s?$/, ['er', 'ir', 'iu', 'eu', 'iram', 'eram', 'indo']],
  ],
};

/** Share of a word's occurrences after an article or its like from which it is a noun; after a preposition too, from which it is no adjective. */
const NOUN_SHARE = 0.2;
const PLACED_SHARE = 0.35;
/** Share of capitals in mid-sentence from which a word is a name. */
const CAPITALS = 0.5;
/** Occurrences from which what stands before decides. */
const SEEN_LEAST = 4;
const SEEN_LITTLE = 2;
/** An article before a vowel is no word of its own in French, Italian and Catalan: "l'hôpital". */
const ELIDED = /^[aeiouyhàâäéèêëîïôöùûüœæ]/;

/** Of each word: occurrences after an article, after that or a preposition, and after any word that shows something. */
interface Places {
  articles: Int32Array;
  placed: Int32Array;
  seen: Int32Array;
  /** Capitals in mid-sentence. */
  capitals: Int32Array;
  /** Of all occurrences: those before what follows verbs. */
  objects: Int32Array;
  all: Int32Array;
}

const known = new WeakMap<Tokens, Map<string, Places>>();

/**
 * Whether a word of Spanish, French, Italian, Portuguese or Catalan is a verb or an adjective: it ends like one, and stands hardly
 * ever after an article or a preposition. Names with capitals, and words that are too rare to tell, are nouns.
 */
export function isRomanceModifier(word: number, language: string, tokens: Tokens): boolean {
  const places = placesOf(language, tokens);
  const seen = places.seen[word];
  if (places.capitals[word] >= Math.max(1, seen * CAPITALS)) return false;
  const form = tokens.words[word];
  if (FINITE[language].test(form)) return true;
  if (places.articles[word] === 0 && (ADVERB[language]?.test(form) || hasFamily(form, language, tokens)))
    return true;
  const all = places.all[word];
  const hasObject = all >= SEEN_LEAST && places.objects[word] >= all * OBJECT_SHARE;
  if (hasObject && places.articles[word] < all * NOUN_SHARE) return true;
  const isElided = language !== 'es' && language !== 'pt' && ELIDED.test(form);
  // Seldom, but only where adjectives stand: "movimientos sísmicos".
  if (seen < SEEN_LEAST)
    return seen >= SEEN_LITTLE && places.placed[word] === 0 && !isElided && MODIFYING[language].test(form);
  if (places.articles[word] < seen * NOUN_SHARE && INFINITIVE[language].test(form)) return true;
  if (isElided || !MODIFYING[language].test(form)) return false;
  return places.articles[word] < seen * NOUN_SHARE && places.placed[word] < seen * PLACED_SHARE;
}

/** Whether a word is a finite verb: by its ending, or by objects after it and no article before. */
export function isRomanceVerb(word: number, language: string, tokens: Tokens): boolean {
  const places = placesOf(language, tokens);
  const [all, seen] = [places.all[word], places.seen[word]];
  if (places.capitals[word] >= Math.max(1, seen * CAPITALS)) return false;
  const form = tokens.words[word];
  if (INFINITIVE[language].test(form)) return false;
  if (FINITE[language].test(form)) return true;
  if (places.placed[word] > 0) return false;
  return all >= SEEN_LITTLE && places.objects[word] >= all * OBJECT_SHARE;
}

const vocabularies = new WeakMap<Tokens, Set<string>>();

function hasFamily(form: string, language: string, tokens: Tokens): boolean {
  const vocabulary = vocabularies.get(tokens) ?? new Set(tokens.words);
  vocabularies.set(tokens, vocabulary);
  return (FAMILIES[language] ?? []).some(
    ([ending, others]) =>
      ending.test(form) && others.some((other) => vocabulary.has(form.replace(ending, other))),
  );
}

export const isRomance = (language: string | undefined): language is string =>
  language !== undefined && Object.hasOwn(BEFORE_NOUNS, language);

function placesOf(language: string, tokens: Tokens): Places {
  const languages = known.get(tokens) ?? new Map<string, Places>();
  known.set(tokens, languages);
  const counted = languages.get(language) ?? countPlaces(language, tokens);
  languages.set(language, counted);
  return counted;
}

const NOTHING = 0;
const ARTICLE = 1;
const PREPOSITION = 2;
const OTHER = 3;

function countPlaces(language: string, { words, wordOf, stream, forms }: Tokens): Places {
  const kinds = Uint8Array.from(words, (word) =>
    BEFORE_NOUNS[language].has(word)
      ? ARTICLE
      : PREPOSITIONS[language].has(word)
        ? PREPOSITION
        : BEFORE_ANY.has(word)
          ? NOTHING
          : OTHER,
  );
  const capital = capitalsOf(forms);
  const zeros = () => new Int32Array(words.length);
  const places: Places = {
    articles: zeros(),
    placed: zeros(),
    seen: zeros(),
    capitals: zeros(),
    objects: zeros(),
    all: zeros(),
  };
  const isObject = Uint8Array.from(words, (word) => (AFTER_VERBS[language].has(word) ? 1 : 0));
  for (let at = 1; at < stream.length; at++) {
    const token = stream[at];
    const before = stream[at - 1];
    if (token < FIRST_FORM) continue;
    const next = stream[at + 1] ?? STOP;
    places.all[wordOf[token - FIRST_FORM]]++;
    if (next >= FIRST_FORM) places.objects[wordOf[token - FIRST_FORM]] += isObject[wordOf[next - FIRST_FORM]];
    if (before < FIRST_FORM) continue;
    const kind = kinds[wordOf[before - FIRST_FORM]];
    if (kind === NOTHING) continue;
    const word = wordOf[token - FIRST_FORM];
    places.seen[word]++;
    places.capitals[word] += capital[token - FIRST_FORM];
    if (kind === ARTICLE) places.articles[word]++;
    if (kind !== OTHER) places.placed[word]++;
  }
  return places;
}
