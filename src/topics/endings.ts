import type { Tokens } from './tokens.js';
import { numbersOf } from './word-numbers.js';

/** How words of a language that end a certain way are distinguished from nouns. */
interface Endings {
  /** Adjectives, participles, and verbs that no noun ends like. */
  modifying: RegExp;
  /** What a word ends with that is a verb if the texts have another form of it, and how that may end in place of it. */
  verbs: readonly [ending: RegExp, others: readonly string[]][];
  /** Nouns that end like `modifying`: known by another form of theirs. */
  nouns?: readonly [ending: RegExp, others: readonly string[]][];
  /** Cases that are no basic form of any noun. */
  oblique?: RegExp;
  /** … but names are: "Иванов". */
  obliqueNames?: RegExp;
}

/** Letters of a word at least, for its ending to say anything. */
const LEAST = 5;

const ENDINGS: Record<string, Endings> = {
  ru: {
    // -ый, -ская, -ющих; -ться, -лись, -ют. Nouns in -ие and -ий have another letter before: "отношение", "комментарий".
    modifying:
      /(?:[кгхжшчщ](?:ий|ие)|[ыо]й|[аяое]я|[ое]е|ые|[ое]го|[ое]му|[ыи]м|[ыи]ми|[ыи]х|ую|юю|ться|тся|ть|лся|лась|лось|лись|ют|ящ|вший)$/u,
    verbs: [
      [/(?<=[аеиоуыюя])л$/u, ['ли', 'ть']],
      [/(?:ет|ит|[ау]т|ят)$/u, ['ть', 'ют', 'ать', 'ить', 'еть', 'ала', 'ила', 'али', 'или', 'ал', 'ил']],
      [/(?<=[аея]н)$/u, ['о', 'ный', 'ные', 'ная', 'ного', 'ных']],
    ],
    // The instrumental case of nouns in -а.
    nouns: [[/ой$/u, ['а']]],
    oblique: /(?:[ое]в|[ая]м|[ая]ми|[ая]х)$/u,
    obliqueNames: /[ое]в$/u,
  },
  uk: {
    modifying: /(?:[иії]й|ого|ому|ими|их|[ую]ю|ються|ється|тися|вся|лася|лися|лись)$/u,
    verbs: [
      [/ти$/u, ['в', 'ли', 'ла', 'ло', 'ють', 'ть']],
      [/(?<=[аиіуя])(?:в|ла|ло|ли)$/u, ['ти', 'ли', 'ло']],
      [
        /(?:ає|яє|є|[иія]ть|[юу]ть)$/u,
        ['ти', 'ють', 'ла', 'ли', 'в', 'ати', 'ити', 'ала', 'или', 'ив', 'ав'],
      ],
      [/[аеі]$/u, ['ий', 'ого', 'их', 'ими', 'ому']],
    ],
    oblique: /(?:ів|[ая]м|[ая]ми|[ая]х|[оє]ві)$/u,
    obliqueNames: /ів$/u,
  },
  pl: {
    modifying:
      /(?:(?:[scz]k)(?:i|a|ie|iego|iej|ą|im|ich|imi)|uj[eą]|[aiy]ć|ąc[yae]|ąc(?:ych|ego|ym|ej)|owan[yae]|ego|emu|ych|ymi)$/u,
    verbs: [
      [/(?:y|i|a|ie|e|ą|ej|ym)$/u, ['ego', 'ych', 'ymi', 'emu', 'iego', 'ich']],
      [/(?:ł|ła|ło|ły)$/u, ['li', 'ć', 'ło']],
      [/li$/u, ['ł', 'ć', 'ło']],
      [/ach$/u, ['y', 'ami', 'om']],
    ],
    oblique: /(?:ów|ami|iach|owi)$/u,
    obliqueNames: /ów$/u,
  },
  nl: {
    modifying:
      /(?:ische|iële|[ao]nale|[dt]ele|[lrtd]ige|lijke?|bare|loze|zame|ese|[fkmpr]este|[gn]ste|eerde?|ende|[lrtd]ig|isch|baar|loos)$/u,
    verbs: [
      [/[dt]$/u, ['de', 'te', 'e']],
      [/[dt]e$/u, ['en', 't']],
      [/er$/u, ['e', 'ste']],
    ],
  },
  tr: {
    modifying:
      /(?:[ıiuü]ld[ıiuü]|nd[ıiuü]|tt[ıiuü]|m[ıiuü]ş|yor|m[ae]ktedir|maktadır|[dt][ıiuü]r|[ae]c[ae][kğ]|[ae]r[ae]k|[ae]bilir|m[ae]k|s[ıiuü]z|s[ae]l|l[ıiuü])$/u,
    verbs: [[/[dt][ıiuü]$/u, ['mak', 'mek', 'an', 'en', 'mış', 'miş', 'muş', 'müş', 'ması', 'mesi']]],
    oblique: /(?:l[ae]r[ıi]n|l[ae]r[ae]|[ıiuü]nd[ae]n?|l[ae]rd[ae]n?|s[ıi]n[ae])$/u,
  },
  cs: {
    modifying: /(?:[ýáé]|ého|ému|ým|ých|ými|uj[eí]|ující|ovat)$/u,
    verbs: [
      [/(?:l|la|lo|li|ly)$/u, ['t', 'li']],
      [/(?<=[aiey])t$/u, ['l', 'la', 'li', 'ly', 'lo']],
      [/í$/u, ['ího', 'ích', 'ímu']],
    ],
    oblique: /(?:ům|ech|ách|ích|ami|emi|ů|ovi)$/u,
  },
};

export const hasEndings = (language: string | undefined): language is string =>
  language !== undefined && Object.hasOwn(ENDINGS, language);

/**
 * Whether a word ends as adjectives and verbs of its language do, or as cases that are never a basic form.
 * @param isName whether it has a capital in mid-sentence
 */
export function isModifierByEnding(word: number, language: string, tokens: Tokens, isName: boolean): boolean {
  const { oblique, obliqueNames } = ENDINGS[language];
  const form = tokens.words[word];
  if (endsAsModifier(word, language, tokens)) return true;
  if (form.length < LEAST || !oblique?.test(form) || isOther(form, language, tokens, 'nouns')) return false;
  return !(isName && obliqueNames?.test(form));
}

/** The same without cases of nouns. */
export function endsAsModifier(word: number, language: string, tokens: Tokens): boolean {
  const { modifying, oblique } = ENDINGS[language];
  const form = tokens.words[word];
  if (isOther(form, language, tokens, 'verbs')) return true;
  if (form.length < LEAST || isOther(form, language, tokens, 'nouns')) return false;
  return !oblique?.test(form) && modifying.test(form);
}

/** Whether the texts have a form of a word's that shows what it is. */
function isOther(form: string, language: string, tokens: Tokens, kind: 'verbs' | 'nouns'): boolean {
  return (ENDINGS[language][kind] ?? []).some(
    ([ending, others]) =>
      ending.test(form) &&
      others.some((other) => {
        const known = form.replace(ending, other);
        return known !== form && numbersOf(tokens).has(known);
      }),
  );
}
