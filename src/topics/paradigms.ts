/** How the forms of a kind of noun or adjective end. `_` is no ending. */
export interface Paradigm {
  /** Ending of the basic form, and of the others of the singular. */
  singular: string;
  others: readonly string[];
  /** Ending of the basic form of the plural, and of its others. */
  plural: string;
  pluralOthers: readonly string[];
  /** What comes before the ending; anything where it is left out. */
  after?: RegExp;
  /** Whether the basic form of the singular follows from others: neither a stem that may change nor an adjective. */
  isRegular: boolean;
  /** Whether it follows from any two of them, since what comes before the ending is a suffix of this kind of noun. */
  isSure: boolean;
}

/** How forms of a language's words are recognized. */
export interface Inflection {
  letters: RegExp;
  /** Letters of a stem at least. */
  stem: number;
  paradigms: Paradigm[];
  /** Whether the basic form is the commonest of a noun's, and names have no other. */
  isAgglutinative?: boolean;
  /** A word as its forms are compared, where their accents move. Left out where none do. */
  plain?: (form: string) => string;
  /** Endings that show the basic form of a word by themselves, even if no text has it, and what stands for them there. */
  replaced?: readonly (readonly [ending: RegExp, basic: string])[];
}

/** "basic, genitive, others | plural, others", a "+" before those that are regular, two before those that are sure, and what the ending follows. */
function paradigm(endings: string, after?: RegExp): Paradigm {
  const isRegular = endings.startsWith('+');
  const isSure = endings.startsWith('++');
  const [one, several] = endings
    .replace(/^\++/, '')
    .split('|')
    .map((part) =>
      part
        .trim()
        .split(/\s+/)
        .map((ending) => (ending === '_' ? '' : ending)),
    );
  const [singular, ...others] = one;
  const [plural, ...pluralOthers] = several;
  return { singular, others, plural, pluralOthers, after, isRegular, isSure };
}

/** Without Greek accents, which move: "πρόβλημα, προβλήματα" (problem, problems). */
const withoutAccents = (form: string): string =>
  form
    .normalize('NFD')
    .replace(/\u0301/g, '')
    .normalize('NFC');

const HUSHED = /[гкхжчшщ]$/u;
const PLAIN = /[^гкхжчшщцйьъаеёиоуыэюяії]$/u;
const ANY = /[^йьъаеёиоуыэюяії]$/u;
/** Suffixes of masculine nouns that no feminine one has: "-ент", "-ист", "-тор", "-льм". */
const MASCULINE = /..(?:[еа]нт|ист|изм|[тс]ор|льм|лог|граф|метр|текст|тет)$/u;
const MASCULINE_HUSHED = /..[тдвчзш]ник$/u;
const FEMININE = /(?<!..(?:[еа]нт|ист|изм|[тс]ор|льм|лог|граф|метр|текст|тет))[^гкхжчшщцйьъаеёиоуыэюяії]$/u;
const FEMININE_HUSHED = /(?<!..[тдвчзш]ни)[гкхжчшщ]$/u;
const POLISH = /[^aąeęioóuy]$/u;
const POLISH_VELAR = /[kg]$/u;
const POLISH_PLAIN = /[^aąeęioóuykg]$/u;
const CZECH = /[^aáeéěiíoóuúůyý]$/u;

/** By language. Only kinds whose forms differ by endings; of stems that change ("отец, отца") each is a noun of its own. */
export const INFLECTIONS: Record<string, Inflection> = {
  ru: {
    letters: /^[а-яё-]+$/u,
    stem: 3,
    replaced: [
      [/(?<=[а-яё]{2}ен|ован)(?:ий|иям|иями|иях)$/u, 'ия'],
      [/(?<=[а-яё]{2}ен|ован)(?:ии|ию|ием)$/u, 'ие'],
      [/(?<=ц)(?:ий|иям|иями|иях)$/u, 'ии'],
      [/(?<=ц)(?:ию|ией)$/u, 'ия'],
      [/(?<=[ое]ст)(?:ью)$/u, 'ь'],
      [/(?<=тел)(?:ей|ям|ями|ях)$/u, 'и'],
      [/(?<=ств)(?:ам|ами|ах)$/u, 'а'],
      [/(?<=ств)(?:у|ом)$/u, 'о'],
      [/(?<=[а-яё]{2}[кгх])ов$/u, 'и'],
      [/(?<=[а-яё]{2}[бвдзлмнпрстф])ов$/u, 'ы'],
    ],
    paradigms: [
      paradigm('_ а у ом е | ы ов ам ами ах', PLAIN),
      paradigm('_ а у ом е | и ов ам ами ах', HUSHED),
      paradigm('_ а у ем е | и ей ам ами ах', /[жчшщ]$/u),
      paradigm('_ а у ем е | ы ев ам ами ах', /ц$/u),
      paradigm('_ а у ом е | а ов ам ами ах', PLAIN),
      paradigm('й я ю ем е | и ев ям ями ях', /[аеёоуыэюя]$/u),
      paradigm('й я ю ем и | и ев ям ями ях', /(?<![цст]|[еая]н)и$/u),
      paradigm('ь я ю ем е | и ей ям ями ях', ANY),
      paradigm('ь и ью | и ей ям ями ях', ANY),
      paradigm('+а ы е у ой ою | ы _ ам ами ах', FEMININE),
      paradigm('+а и е у ой ею ей | и _ ам ами ах', FEMININE_HUSHED),
      paradigm('+а ы е у ей | ы _ ам ами ах', /ц$/u),
      paradigm('+ка ки ке ку кой кою | ки ок ек кам ками ках', ANY),
      paradigm('+я и е ю ей ею | и ь ей ям ями ях', ANY),
      // Nouns in -ение are many, those in -ения few.
      paradigm('+ия ии ию ией | ии ий иям иями иях', /(?<!..е)[^йьъаеёиоуыэюяії]$|..е[^н]$/u),
      paradigm('о а у ом е | а _ ам ами ах', ANY),
      paradigm('+ие ия ию ием ии | ия ий иям иями иях', ANY),
      paradigm('е а у ем | а _ ам ами ах', /[жчшщц]$/u),
      paradigm('ый ого ому ым ом ая ой ую ою ое | ые ых ыми', PLAIN),
      paradigm('ий ого ому им ом ая ой ую ою ое | ие их ими', /[гкх]$/u),
      paradigm('ий его ему им ем ая ей ую ею ее | ие их ими', /[жчшщ]$/u),
      paradigm('ий его ему им ем яя ей юю ею ее | ие их ими', /н$/u),
      paradigm('++_ а у ом е | ы ов ам ами ах', MASCULINE),
      paradigm('++_ а у ом е | и ов ам ами ах', MASCULINE_HUSHED),
    ],
  },
  uk: {
    letters: /^[а-яєіїґ'-]+$/u,
    stem: 3,
    replaced: [
      [/(?<=[еа])(?:нням|нні)$/u, 'ння'],
      [/(?<=[а-яєіїґ]{2}[еа])(?:нь|ннями|ннях)$/u, 'ння'],
      [/(?<=ц)(?:ій|іям|іями|іях)$/u, 'ії'],
      [/(?<=ц)(?:ію|ією)$/u, 'ія'],
      [/(?<=[а-яєіїґ]{2})(?:ості|істю)$/u, 'ість'],
    ],
    paradigms: [
      paradigm('_ а у ові ом і | и ів ам ами ах', ANY),
      paradigm('й я ю єві єм ї | ї їв ям ями ях', /[аеєиіїоуюя]$/u),
      paradigm('ь я ю еві ем і | і ів ям ями ях', ANY),
      paradigm('+а и і у ою | и _ ам ами ах', ANY),
      paradigm('+ка ки ці ку кою | ки ок кам ками ках', ANY),
      paradigm('+я і ю ею | і ь ям ями ях', ANY),
      paradigm('+ія ії ію ією | ії ій іям іями іях', ANY),
      paradigm('+ість ості істю | ості остей остям остями остях', ANY),
      paradigm('о а у ом і | а _ ам ами ах', ANY),
      paradigm('е я ю ем і | я ів ям ями ях', ANY),
      paradigm('+ння нню нням нні | ння нь нням ннями ннях', /[аеиіуя]$/u),
      paradigm('ий ого ому им ої ій у ою а е | і их ими', ANY),
    ],
  },
  pl: {
    letters: /^[a-ząćęłńóśźż-]+$/u,
    stem: 3,
    replaced: [
      [/(?<=oś)(?:ci|cią)$/u, 'ć'],
      [/(?<=cj)(?:i|ę|ą)$/u, 'a'],
      [/(?<=[a-ząćęłńóśźż]{2}[ae])(?:niu|niem)$/u, 'nie'],
      [/(?<=[a-ząćęłńóśźż]{2}[ae])(?:ń|niom|niami|niach)$/u, 'nia'],
    ],
    paradigms: [
      paradigm('_ a u owi em ie | y ów om ami ach', POLISH_PLAIN),
      paradigm('_ a u owi iem u | i ów om ami ach', POLISH_VELAR),
      paradigm('_ a owi em u | e ów y om ami ach', POLISH),
      paradigm('_ a owi em ie | owie ów om ami ach', POLISH),
      paradigm('+a y ie ę ą o | y _ om ami ach', POLISH_PLAIN),
      paradigm('+ka ki ce kę ką | ki ek kom kami kach', POLISH),
      paradigm('+ga gi dze gę gą | gi _ gom gami gach', /./u),
      paradigm('+ia ii i ię ią | ie i om iom iami iach', POLISH),
      paradigm('+ja ji ję ją | je ji jom jami jach', /./u),
      paradigm('+ca cy cę cą | ce _ com cami cach', /./u),
      paradigm('+ść ści ścią | ści ściom ściami ściach', /./u),
      paradigm('_ y ą | y om ami ach e', POLISH),
      paradigm('o a u em ie | a _ om ami ach', POLISH),
      paradigm('e a u em | a _ om ami ach', /(?:c|rz|l|j|cz|sz|ż)$/u),
      paradigm('+nie nia niu niem | nia ń niom niami niach', /[aąeęiuy]$/u),
      paradigm('+cie cia ciu ciem | cia ć ciom ciami ciach', /[aąeęiuy]$/u),
      paradigm('um | a ów om ami ach', /./u),
      paradigm('y ego emu ym a ej ą e | e ych ym ymi', POLISH_PLAIN),
      paradigm('i iego iemu im a iej ą ie | ie ich im imi', POLISH_VELAR),
    ],
  },
  cs: {
    letters: /^[a-záčďéěíňóřšťúůýž-]+$/u,
    stem: 3,
    paradigms: [
      paradigm('_ u a ovi em ě e | y ů ům ech ích', CZECH),
      paradigm('_ e i em ovi | i ů ům ích', CZECH),
      paradigm('_ a ovi em | ové ů ům y ech', CZECH),
      paradigm('+a y ě e u ou | y _ ám ami ách', CZECH),
      paradigm('+ka ky ce ku kou | ky ek kám kami kách', CZECH),
      paradigm('e i í | e í ím emi ích', CZECH),
      paradigm('+ost osti ostí | osti ostí ostem ostmi ostech', CZECH),
      paradigm('o a u em ě e | a _ ům y ech ách', CZECH),
      paradigm('í ím | í ími ích', CZECH),
      paradigm('ý ého ému ým ém á ou é | é í ých ými', CZECH),
    ],
  },
  el: {
    letters: /^[α-ωάέήίόύώϊϋΐΰ]+$/u,
    stem: 3,
    plain: withoutAccents,
    paradigms: [
      paradigm('ος ου ο ε | οι ων ους'),
      paradigm('ος ους | η ων'),
      paradigm('ας α | ες ων'),
      paradigm('ης η | ες ων'),
      paradigm('η ης | ες ων'),
      paradigm('η ης | εις εων'),
      paradigm('α ας | ες ων'),
      paradigm('ο ου | α ων'),
      paradigm('ι ιου | ια ιων'),
      paradigm('μα ματος | ματα ματων'),
    ],
  },
  tr: {
    letters: /^[a-zçğıöşüâîû]+$/u,
    stem: 3,
    isAgglutinative: true,
    // The accusative after "of it" or "of them", and "in" after a vowel.
    replaced: [
      [/(?<=l[ae]r[ıi])n[ıi]$/u, ''],
      [/(?<=\p{L}{2}[aıou])da$/u, ''],
      [/(?<=\p{L}{2}[eiöü])de$/u, ''],
    ],
    paradigms: [
      paradigm(
        '_ ın un nın nun ı u yı yu a ya da ta dan tan la yla sı su ının unun ına una ında unda ından undan ını unu sının sunun sına suna sında sunda sını sunu | lar ların ları lara larda lardan larla larının larına larında larından larını',
      ),
      paradigm(
        '_ in ün nin nün i ü yi yü e ye de te den ten le yle si sü inin ünün ine üne inde ünde inden ünden ini ünü sinin sünün sine süne sinde sünde sini sünü | ler lerin leri lere lerde lerden lerle lerinin lerine lerinde lerinden lerini',
      ),
    ],
  },
  hi: {
    letters: /^[\u0900-\u097f]+$/u,
    stem: 2,
    replaced: [
      [/ियों$/u, 'ी'],
      [/ाओं$/u, 'ा'],
      [/(?<=[\u0915-\u0939\u093c].*[\u0915-\u0939\u0958-\u095f\u093c])ों$/u, ''],
    ],
    paradigms: [
      paradigm('_ | _ ों', /[\u0915-\u0939\u0958-\u095f\u093c]$/u),
      paradigm('_ | ें ों', /[\u0915-\u0939\u0958-\u095f\u093c]$/u),
      paradigm('ा े | े ों', /[\u0915-\u0939\u0958-\u095f\u093c]$/u),
      paradigm('ा | ाएँ ाओं ाएं', /[\u0915-\u0939\u0958-\u095f\u093c]$/u),
      paradigm('ी | ियाँ ियों ियां', /[\u0915-\u0939\u0958-\u095f\u093c]$/u),
      paradigm('ू | ू ुओं', /[\u0915-\u0939\u0958-\u095f\u093c]$/u),
    ],
  },
};
INFLECTIONS.sk = INFLECTIONS.cs;

const endings = new Map<string, readonly (readonly string[])[]>();

/** Every ending of each kind of noun or adjective of a language. */
function endingsOf(language: string): readonly (readonly string[])[] {
  const known =
    endings.get(language) ??
    INFLECTIONS[language].paradigms.map(({ singular, others, plural, pluralOthers }) => [
      ...new Set([singular, ...others, plural, ...pluralOthers]),
    ]);
  endings.set(language, known);
  return known;
}

/**
 * Whether two words have endings of one kind of noun after the same stem: "кошек" and "кошки", Turkish "ada" and "adası". Looser than what
 * makes them one word, since no text needs to have the basic form.
 */
export function areForms(one: string, other: string, language: string | undefined): boolean {
  if (one === other) return true;
  if (language === undefined || !Object.hasOwn(INFLECTIONS, language)) return false;
  const {
    letters,
    stem: least,
    paradigms,
    isAgglutinative,
    plain = (form: string) => form,
  } = INFLECTIONS[language];
  // Turkish writes cases of names after an apostrophe.
  const [a, b] = [one, other].map((form) => plain(isAgglutinative ? form.replace(/'.*$/u, '') : form));
  if (!letters.test(a) || !letters.test(b)) return false;
  let shared = 0;
  while (shared < Math.min(a.length, b.length) && a[shared] === b[shared]) shared++;
  return endingsOf(language).some((all, number) => {
    const { after } = paradigms[number];
    for (let length = shared; length >= least; length--)
      if (
        all.includes(a.slice(length)) &&
        all.includes(b.slice(length)) &&
        (!after || after.test(a.slice(0, length)))
      )
        return true;
    return false;
  });
}
