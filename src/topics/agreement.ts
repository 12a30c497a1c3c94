/** Gender or number of a basic form, which the adjective next to a noun agrees with. */
type Kind = 'masculine' | 'feminine' | 'neuter' | 'plural';

/** How a noun ends after adjectives of one ending, and how its basic form does. */
type NounRule = readonly [ending: RegExp, basic: string, kind: Kind];

interface Agreement {
  letters: RegExp;
  /** Of each oblique ending of adjectives: what nouns in the same case end with. */
  cases: readonly (readonly [adjective: RegExp, nouns: readonly NounRule[]])[];
  /** Endings of adjectives' basic forms: after most stems, after those of `velar`, after others of an adjective with a soft ending. */
  basic: Record<Kind, readonly [plain: string, velar: string, soft: string]>;
  velar: RegExp;
  /** How an adjective's ending shows that its stem is soft. */
  soft?: RegExp;
  /** Prepositions before the genitive. */
  genitive: ReadonlySet<string>;
  /** An ending of each case of nouns that only these prepositions' case has, by the adjective's ending that goes with it. */
  afterGenitive: readonly (readonly [noun: RegExp, adjective: string])[];
  /** Whether adjectives also follow their noun. */
  isEither?: boolean;
}

const [M, F, N, P]: readonly Kind[] = ['masculine', 'feminine', 'neuter', 'plural'];
const words = (list: string): Set<string> => new Set(list.split(' '));

const AGREEMENTS: Record<string, Agreement> = {
  ru: {
    letters: /^[а-яё-]+$/u,
    cases: [
      [
        /(?:ого|его)$/u,
        [
          [/(?<=ств)а$/u, 'о', N],
          [/(?<=[нт]и)я$/u, 'е', N],
          [/(?<=[аеиоуыэюя])я$/u, 'й', M],
          [/(?<=[^аеиоуыэюя])я$/u, 'ь', M],
          [/(?<=[^аеиоуыэюя])а$/u, '', M],
        ],
      ],
      [
        /(?:ому|ему)$/u,
        [
          [/(?<=ств)у$/u, 'о', N],
          [/(?<=[нт]и)ю$/u, 'е', N],
          [/(?<=[^аеиоуыэюя])у$/u, '', M],
        ],
      ],
      [
        /[ыи]ми$/u,
        [
          [/(?<=ств)ами$/u, 'а', P],
          [/(?<=[гкхжчшщ])ами$/u, 'и', P],
          [/ами$/u, 'ы', P],
          [/ями$/u, 'и', P],
        ],
      ],
      [
        /[ыи]м$/u,
        [
          [/(?<=ств)ом$/u, 'о', N],
          [/(?<=[нт]и)ем$/u, 'е', N],
          [/(?<=[^аеиоуыэюя])ом$/u, '', M],
          [/(?<=[гкхжчшщ])ам$/u, 'и', P],
          [/ам$/u, 'ы', P],
        ],
      ],
      [
        /[ыи]х$/u,
        [
          [/(?<=ств)ах$/u, 'а', P],
          [/(?<=ств)$/u, 'а', P],
          [/(?<=[гкхжчшщ])(?:ов|ах)$/u, 'и', P],
          [/(?:ов|ах)$/u, 'ы', P],
          [/(?<=ц)ий$/u, 'ии', P],
          [/(?<=[нт])ий$/u, 'ия', P],
          [/(?:ев|ей|ях)$/u, 'и', P],
          [/(?<=[бвгдзлмнпрстфх])ок$/u, 'ки', P],
          [/(?<=[жчш])ек$/u, 'ки', P],
          [/(?<=[гкхжчшщ])$/u, 'и', P],
          [/(?<!^..?.?[её][нлм]|^..?.?он)(?<=[бвдзлмнпрстф])$/u, 'ы', P],
        ],
      ],
      [
        /(?:ой|ей)$/u,
        [
          [/(?<=и)[ией]{1,2}$/u, 'я', F],
          [/(?<=[ое]ст)и$/u, 'ь', F],
          [/(?<=[гкхжчшщ])и$/u, 'а', F],
          [/(?<=[лнр])и$/u, 'я', F],
          [/(?:ы|ой)$/u, 'а', F],
          [/(?<=[бвгдзкмпрстф])е$/u, 'а', F],
        ],
      ],
      [
        /(?:ую|юю)$/u,
        [
          [/у$/u, 'а', F],
          [/ю$/u, 'я', F],
        ],
      ],
    ],
    basic: {
      masculine: ['ый', 'ий', 'ий'],
      feminine: ['ая', 'ая', 'яя'],
      neuter: ['ое', 'ое', 'ее'],
      plural: ['ые', 'ие', 'ие'],
    },
    velar: /[гкхжчшщ]$/u,
    soft: /^(?:е|и|ю)/u,
    genitive: words('для из от до без около после против вместо кроме среди вокруг помимо внутри вне'),
    afterGenitive: [
      [/[^аеиоуыэюя][ая]$/u, 'ого'],
      [/[ыи]$/u, 'ой'],
      [/ов$/u, 'ых'],
    ],
  },
  uk: {
    letters: /^[а-яєіїґ'-]+$/u,
    cases: [
      [
        /ого$/u,
        [
          [/(?<=ств)а$/u, 'о', N],
          [/(?<=нн)я$/u, 'я', N],
          [/(?<=[бвгґдзклмнпрстфх])[ау]$/u, '', M],
        ],
      ],
      [
        /ої$/u,
        [
          [/(?<=і)ї$/u, 'я', F],
          [/(?<=[бвгґдзклмнпрстфхжчшщ])и$/u, 'а', F],
        ],
      ],
      [
        /ими$/u,
        [
          [/ами$/u, 'и', P],
          [/ями$/u, 'і', P],
        ],
      ],
      [/им$/u, [[/(?<=[бвгґдзклмнпрстфх])ом$/u, '', M]]],
      [
        /их$/u,
        [
          [/(?<=ств)(?:ах)?$/u, 'а', P],
          [/(?:ів|ах)$/u, 'и', P],
          [/їв$/u, 'ї', P],
          [/ій$/u, 'ії', P],
          [/(?:ях|(?<=.{4})ей)$/u, 'і', P],
          [/(?<=[бвгдзлмнпрстф])ок$/u, 'ки', P],
          [/(?<=[бвгґдзклмнпрстфхжчш])$/u, 'и', P],
        ],
      ],
      [
        /ою$/u,
        [
          [/ією$/u, 'ія', F],
          [/ою$/u, 'а', F],
          [/ею$/u, 'я', F],
        ],
      ],
    ],
    basic: {
      masculine: ['ий', 'ий', 'ій'],
      feminine: ['а', 'а', 'я'],
      neuter: ['е', 'е', 'є'],
      plural: ['і', 'і', 'і'],
    },
    velar: /[гкх]$/u,
    genitive: words('для без від до з із зі після проти біля окрім крім серед навколо замість щодо'),
    afterGenitive: [
      [/[бвгґдзклмнпрстфх]а$/u, 'ого'],
      [/[бвгґдзклмнпрстфхжчшщ]и$/u, 'ої'],
      [/ії$/u, 'ої'],
      [/ів$/u, 'их'],
    ],
  },
  pl: {
    letters: /^[a-ząćęłńóśźż-]+$/u,
    isEither: true,
    cases: [
      [
        /ego$/u,
        [
          [/(?<=stw)a$/u, 'o', N],
          [/(?<=[nc]i)a$/u, 'e', N],
          [/(?<=[bcdfłmnprstwzż])k[au]$/u, 'ek', M],
          [/(?<=[bcdfghklłmnprstwzż])[au]$/u, '', M],
        ],
      ],
      [
        /(?:[iy]mi)$/u,
        [
          [/(?<=[kg])ami$/u, 'i', P],
          [/ami$/u, 'y', P],
        ],
      ],
      [
        /(?:[iy]ch)$/u,
        [
          [/(?<=stw)(?:ach)?$/u, 'a', P],
          [/(?<=[kg])(?:ów|ach)$/u, 'i', P],
          [/(?<=isk)$/u, 'a', P],
          [/(?<=zysk)$/u, 'a', P],
          [/(?:ów|ach)$/u, 'y', P],
          [/(?<=cj)i$/u, 'e', P],
          [/(?<=i)i$/u, 'e', P],
          [/(?<=[bdfłmnprstwz])ek$/u, 'ki', P],
        ],
      ],
      [
        /ej$/u,
        [
          [/(?<=cj)i$/u, 'a', F],
          [/(?<=i)i$/u, 'a', F],
          [/(?<=ś)ci$/u, 'ć', F],
          [/(?<=[kg])i$/u, 'a', F],
          [/(?<=[bcdfhłmnprstwzż])y$/u, 'a', F],
        ],
      ],
      [/ą$/u, [[/[ęą]$/u, 'a', F]]],
      [
        /[iy]m$/u,
        [
          [/(?<=[kg])iem$/u, '', M],
          [/(?<=[bcdfhłmnprstwzż])em$/u, '', M],
        ],
      ],
    ],
    basic: {
      masculine: ['y', 'i', 'i'],
      feminine: ['a', 'a', 'ia'],
      neuter: ['e', 'ie', 'ie'],
      plural: ['e', 'ie', 'ie'],
    },
    velar: /[kg]$/u,
    genitive: words('dla bez od do z ze u wśród podczas według oprócz zamiast wokół obok w trakcie'),
    afterGenitive: [
      [/[bcdfghklłmnprstwzż]u$/u, 'ego'],
      [/(?:cji|[kg]i|ści|[bcdfhłmnprstwzż]y)$/u, 'ej'],
      [/ów$/u, 'ych'],
    ],
  },
};

export const hasAgreement = (language: string | undefined): language is string =>
  language !== undefined && Object.hasOwn(AGREEMENTS, language);

/** Letters of an adjective at least: shorter ones are pronouns. */
const LEAST = 5;

interface Agreed {
  adjective: string;
  noun: string;
}

/** The basic forms of an adjective and its noun in the same oblique case: "текстовый редактор" for "текстового редактора". */
function agreed(adjective: string, noun: string, language: string): Agreed | undefined {
  const { letters, cases, basic, velar, soft } = AGREEMENTS[language];
  if (adjective.length < LEAST || !letters.test(adjective) || !letters.test(noun)) return undefined;
  for (const [ending, nouns] of cases) {
    const shown = ending.exec(adjective)?.[0];
    if (shown === undefined) continue;
    // Polish "-iej", "-iego" belong to the velar stem before them.
    const stem = adjective.slice(0, -shown.length).replace(/(?<=[kg])i$/u, '');
    for (const [from, to, kind] of nouns) {
      if (!from.test(noun)) continue;
      const [plain, afterVelar, afterSoft] = basic[kind];
      const isVelar = velar.test(stem);
      const isSoft = !isVelar && soft?.test(shown) === true;
      return {
        adjective: stem + (isVelar ? afterVelar : isSoft ? afterSoft : plain),
        noun: noun.replace(from, to),
      };
    }
    return undefined;
  }
  return undefined;
}

/** A name of an adjective and a noun in its basic form, where both are in the same oblique case; the name itself otherwise. */
export function inBasicForm(name: string, language: string): string {
  const [one, other, ...more] = name.split(' ');
  if (other === undefined || more.length > 0) return name;
  const [first, second] = [one.toLowerCase(), other.toLowerCase()];
  const found = agreed(first, second, language);
  if (found) return `${likeIn(one, found.adjective)} ${likeIn(other, found.noun)}`;
  const turned = AGREEMENTS[language].isEither ? agreed(second, first, language) : undefined;
  return turned ? `${likeIn(one, turned.noun)} ${likeIn(other, turned.adjective)}` : name;
}

/** A basic form with the capital that the form has. */
const likeIn = (form: string, basic: string): string =>
  form[0] === form[0].toLowerCase() ? basic : basic[0].toUpperCase() + basic.slice(1);

/** Whether a form ends like an adjective in an oblique case: its ending has two letters at least. */
const isAdjective = (form: string, language: string): boolean =>
  form.length >= LEAST &&
  AGREEMENTS[language].cases.some(([ending]) => (ending.exec(form)?.[0].length ?? 0) > 1);

/** Whether a word may show the case of the noun next to it: an adjective in an oblique case, or a preposition before the genitive. */
export function showsCase(form: string, language: string): boolean {
  const { genitive, cases, letters } = AGREEMENTS[language];
  if (genitive.has(form)) return true;
  return form.length >= LEAST && letters.test(form) && cases.some(([ending]) => ending.test(form));
}

/**
 * The basic form of a noun by the word next to it, an adjective in the same case or a preposition: "фильм" for "фильма" after "нового"
 * or "для".
 */
export function nounBeside(
  noun: string,
  before: string | undefined,
  after: string | undefined,
  language: string,
): string | undefined {
  const { genitive, afterGenitive, isEither } = AGREEMENTS[language];
  if (isAdjective(noun, language)) return undefined;
  if (before !== undefined && genitive.has(before)) {
    const adjective = afterGenitive.find(([ending]) => ending.test(noun))?.[1];
    return adjective === undefined
      ? undefined
      : agreed(`xxxx${adjective}`.replace(/x/g, PLACE[language]), noun, language)?.noun;
  }
  const found = before === undefined ? undefined : agreed(before, noun, language);
  return found?.noun ?? (isEither && after !== undefined ? agreed(after, noun, language)?.noun : undefined);
}

/** Any consonant of the script, of which a stem is made that stands for every adjective's. */
const PLACE: Record<string, string> = { ru: 'в', uk: 'в', pl: 'w' };
