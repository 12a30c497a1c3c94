import { capitalsOf } from './capitals.js';
import { stopWords } from './stopwords.js';
import { FIRST_FORM, STOP, type Tokens } from './tokens.js';
import { numbersOf } from './word-numbers.js';

/** Small words of a language that show what the word next to them is. */
interface Marks {
  /** Before verbs: pronouns, particles of infinitives, negations, auxiliary and modal verbs. */
  beforeVerbs: Set<string>;
  /** After verbs: what an object begins with, or auxiliaries of the language's compound verbs. */
  afterVerbs: Set<string>;
  /** Before nouns: articles, possessives, prepositions. */
  beforeNouns: Set<string>;
  /** After nouns: postpositions. */
  afterNouns: Set<string>;
  /** How verbs and adjectives end or begin, and hardly ever nouns: one mark of a verb is enough there, … */
  likely?: RegExp;
  /** … and none here. */
  sure?: RegExp;
  /** Auxiliary verbs before participles, and the endings of these. */
  participles?: { after: Set<string>; ending: RegExp };
  /** Endings of adjectives between an article and a noun, in languages that write compound nouns as one word. */
  attributes?: RegExp;
  /** Whether the auxiliaries after verbs follow nouns too (Hindi "to make a call"): only what is never marked as a noun is none. */
  isCompound?: boolean;
  /** Endings that make adjectives of nouns: "दक्षिणी" (southern) of "दक्षिण", "شیمیایی" (chemical) of "شیمی". */
  ofNouns?: RegExp;
  /** Share of marks of a verb from which a word that ends like one is, where it isn't LIKELY_SHARE. */
  share?: number;
}

const split = (words: string): Set<string> => new Set(words.split(' ').filter((word) => word !== ''));

function marks(
  beforeVerbs: string,
  afterVerbs: string,
  beforeNouns: string,
  afterNouns = '',
  more: Pick<
    Marks,
    'likely' | 'sure' | 'isCompound' | 'ofNouns' | 'share' | 'attributes' | 'participles'
  > = {},
): Marks {
  return {
    beforeVerbs: split(beforeVerbs),
    afterVerbs: split(afterVerbs),
    beforeNouns: split(beforeNouns),
    afterNouns: split(afterNouns),
    ...more,
  };
}

const MARKS: Record<string, Marks> = {
  sv: marks(
    'att ni jag du han hon den det vi ni de man som inte kan kunde ska skall skulle vill ville måste bör får har hade',
    'en ett den sin sitt sina mig dig sig oss dem honom henne att',
    'en ett den det de denna detta dessa min mitt mina din ditt sin sitt sina vår vårt våra hans hennes deras dess någon något några varje av i på med för från till om mellan under över genom vid mot utan efter',
    '',
    {
      likely: /(?:ade|ades|ar|er|as|ats|at|ts|dde|tte|nde|iska|iskt|isk|liga|ligt|ande|ende|[^aeiouyåäö]t)$/u,
      sure: /(?:..ade|..ades|.igaste|.lasses|..iska|..iskt|..anska|..liga|..ligt|..ära|..ösa|..iva|..ella|..gna)$/u,
      participles: {
        after: split('är blev blir bli blivit var varit har hade ha'),
        ending: /...(?:[^aeiouyåäö]t|at|ad|dd|tt|its|ats|ts|na)$/u,
      },
      attributes: /[at]$/,
    },
  ),
  da: marks(
    'at jeg du han hun den det vi i de man som der ikke kan kunne skal skulle vil ville må bør får har havde',
    'en et den sin sit sine mig dig sig os jer dem ham hende at',
    'en et den det de denne dette disse min mit mine din dit sin sit sine vores hans hendes deres dens dets nogen noget nogle hver af på med for fra til om mellem under over gennem ved mod uden efter',
    '',
    {
      likely: /(?:ede|edes|er|es|et|te|ske|sk|lige|ligt|ende|[^aeiouyæøå]t)$/u,
      sure: /(?:..ede|..edes|..iske|..isk|..anske|..lige|..ligt|..ende|..ære|..øse|..ive|..elle|..gne)$/u,
      participles: {
        after: split('er blev bliver blive blevet var været har havde have'),
        ending: /...(?:[^aeiouyæøå]t|et)$/u,
      },
      attributes: /[et]$/,
    },
  ),
  nl: marks(
    'te ik jij je u hij zij ze we wij men die dat niet kan kunnen zal zullen wil willen moet moeten mag mogen heeft hebben had hadden',
    'een de het haar hun dit deze me je zich ons hem te',
    'een de het dit dat deze die mijn jouw zijn haar ons onze hun elke ieder van in op met voor bij uit naar over tussen tijdens door zonder tegen',
    '',
    {
      likely: /(?:de|te|t|d)$/u,
      sure: /(?:eerde|eerden|.ische|.aanse|.lijke|.lijk|..aire|..ieve)$/u,
      share: 0.2,
      participles: {
        after: split('is zijn was waren wordt worden werd werden heeft hebben had hadden'),
        ending: /^(?:ge|be|ver|ont|her).+(?:d|t|en)$/u,
      },
      attributes: /e$/,
    },
  ),
  id: marks(
    'akan telah sudah sedang dapat bisa harus untuk tidak belum yang ingin mau boleh perlu mampu mulai',
    'oleh dengan kepada bahwa dari di ke',
    'para sebuah seorang suatu seekor beberapa banyak setiap semua di ke dari pada dalam atas oleh antara tentang',
    'ini itu tersebut',
    {
      likely: /^(?:me|ber|ter|di|se)..../u,
      sure: /^(?:me[mnr].....*(?:kan|i)|di....+(?:kan|i)|ber....+(?:an|kan)|mem[bpf]....*|meng[aiueoghk]....*|meny...+|men[cdjt]....*|terl[ui]...*)$/u,
    },
  ),
  hi: marks(
    'नहीं न मत',
    'कर करना करने करते करता करती करें किया की किए हो होना होने होता होती होते हुआ हुई हुए है हैं था थी थे गया गई गए रहा रही रहे दिया जाता जाती जाते सकता सकते सकती',
    'इस उस यह वह एक किसी हर',
    'का के की में से ने को पर तक द्वारा और या पे जैसे वाले वाला वाली',
    { sure: /(?:..ित|..ीय|..पूर्ण|..मान)$/u, isCompound: true, ofNouns: /ी$/u },
  ),
  fa: marks(
    'نمی می را که',
    'شد شده شدن شدند می‌شود می‌شوند شود شوند کرد کردن کردند کرده می‌کند می‌کنند کند کنند کنید می‌کنید داد دادند می‌دهد می‌دهند است بود بودند بودن هستند گردید گرفت',
    'این آن یک هر هیچ چند از در به با برای بر تا بین روی درباره توسط',
    'را ها های‌ هایی',
    { sure: /^(?:می‌|نمی‌)/u, isCompound: true, ofNouns: /(?:(?<=...)(?<![دت]ن)ی|(?<=ی)ایی)$/u },
  ),
  vi: marks(
    'đã sẽ đang được bị không chưa phải nên có_thể cần muốn vừa để hãy',
    'được rằng',
    'các những một mỗi mọi của trong với về cho từ ở tại bằng và',
    'này đó kia ấy',
  ),
  th: marks(
    'จะ ไม่ กำลัง ต้อง เคย ได้ ถูก อาจ ควร สามารถ ยัง เพื่อ',
    'ว่า ได้',
    'ใน ของ จาก กับ แห่ง ทุก หลาย บาง และ โดย ที่',
    'นี้ นั้น เหล่านี้ เหล่านั้น',
  ),
  el: marks(
    'να θα δεν μην ας και που',
    'τον την το τους τις τα στο στη στην στον',
    'ο η το οι τα του της των τον την τη τους τις ένας μια ένα στο στη στην στον στα στις στους από με για σε προς χωρίς',
    '',
    {
      sure: /(?:..ει|..ουν|ουμε|ηκε|ηκαν|..εται|ονται|ούσε|ούσαν|.[ιάίέώ]σε|[ιάίέώωα]σαν|οντας|ώντας)$/u,
    },
  ),
  pl: marks(
    'się nie on ona ono oni one który która które którzy',
    'się',
    'w we na do od z ze o po przy dla bez za pod nad przed przez między podczas wśród według ten ta to te tego tej tym tych jego jej ich swój swoją swoje każdy każda jeden jedna',
    '',
    {
      sure: /(?:..[aiy]ł|..[aiyę]ła|..[aiyę]ło|..[aiyę]ły|..[aiyę]li|szło|szła|uje|ują|..[nwdz]iósł|..iódł|..[iz]ekł|..iegł|mógł|szedł)$/u,
    },
  ),
  ru: marks(
    'не он она оно они мы вы я ты который которая которое которые кто бы',
    'себя',
    'в во на с со из для от до по к ко о об при без под над перед через между у после около против вместо среди эта этой этого эти этих того тех его её ее их свой свою своей свои своих каждый каждая каждой один одна одной',
    '',
    {
      likely: /(?:[яауюие]т|л|л[аои]|ть|лся|лась|лись)$/u,
      sure: /(?:..[аяиеы](?:лся|лась|лось|лись)|..ится|..ются|..ется|..атся|..ятся|..[аяе]ют|..ует|..уют)$/u,
    },
  ),
  uk: marks(
    'не він вона воно вони який яка яке які',
    'себе',
    'в у на до від з із за по при для без про під над перед через між серед після цей ця це ці цього цієї той та те ті його її їх свій свою кожен кожна один одна',
    '',
    { sure: /(?:..[аиіуюя]в|..[аиіуюя]ла|..[аиіуюя]ло|..[аиіуюя]ли|..[аую]ють|..ають)$/u },
  ),
};
MARKS.ms = MARKS.id;
MARKS.no = MARKS.da;

/** Marks of verbs that a word of any form needs, their share of its places, and how many times those of nouns they are. */
const LEAST = 3;
const SHARE = 0.4;
const TIMES = 2;
/** Share for one that ends like a verb. */
const LIKELY_SHARE = 0.34;
/** Places between an article and a content word from which a word is an adjective, and their share. */
const ATTRIBUTES = 3;
const ATTRIBUTE_SHARE = 0.6;
/** The same where nouns have such marks too. */
const COMPOUND_LEAST = 3;
const COMPOUND_SHARE = 0.6;
/** Share of capitals in mid-sentence from which a word is a name. */
const CAPITALS = 0.5;

interface Counts {
  verbs: Int32Array;
  nouns: Int32Array;
  all: Int32Array;
  capitals: Int32Array;
  /** Places between an article and a content word, where the language puts nouns last. */
  attributes: Int32Array;
}

const counted = new WeakMap<Tokens, Map<string, Counts>>();

export const hasMarks = (language: string | undefined): language is string =>
  language !== undefined && Object.hasOwn(MARKS, language);

/** Whether a word is a verb or an adjective by the small words next to it, or by its ending where these don't say that it is a noun. */
export function isModifierByPlace(word: number, language: string, tokens: Tokens): boolean {
  const { likely, sure, attributes, ofNouns, isCompound = false, share = LIKELY_SHARE } = MARKS[language];
  const known = counted.get(tokens) ?? new Map<string, Counts>();
  counted.set(tokens, known);
  const counts = known.get(language) ?? countMarks(tokens, MARKS[language], language);
  known.set(language, counts);
  const [verbs, nouns, all] = [counts.verbs[word], counts.nouns[word], counts.all[word]];
  if (all === 0 || counts.capitals[word] >= all * CAPITALS) return false;
  const form = tokens.words[word];
  if (isCompound) {
    if (nouns === 0 && verbs >= Math.max(COMPOUND_LEAST, all * COMPOUND_SHARE)) return true;
  } else if (verbs >= Math.max(LEAST, all * SHARE) && verbs >= nouns * TIMES) return true;
  if (
    attributes?.test(form) &&
    nouns === 0 &&
    counts.attributes[word] >= Math.max(ATTRIBUTES, all * ATTRIBUTE_SHARE)
  )
    return true;
  if (sure?.test(form)) return nouns === 0 || verbs > nouns;
  if (likely?.test(form) && verbs >= 1 && verbs >= all * share && verbs >= nouns * TIMES) return true;
  const noun = nouns === 0 && ofNouns?.test(form) ? form.replace(ofNouns, '') : undefined;
  return noun !== undefined && numbersOf(tokens).has(noun);
}

function countMarks({ stream, wordOf, words, forms }: Tokens, language: Marks, name: string): Counts {
  const has = (set: Set<string>) => Uint8Array.from(words, (word) => (set.has(word) ? 1 : 0));
  const [beforeVerbs, afterVerbs, beforeNouns, afterNouns] = [
    has(language.beforeVerbs),
    has(language.afterVerbs),
    has(language.beforeNouns),
    has(language.afterNouns),
  ];
  const { participles, attributes } = language;
  const auxiliaries = has(participles?.after ?? new Set());
  const stops = attributes ? stopWords([name]) : new Map();
  const isSmall = Uint8Array.from(words, (word) => (stops.has(word) ? 1 : 0));
  const isCapital = capitalsOf(forms);
  const zeros = () => new Int32Array(words.length);
  const counts = { verbs: zeros(), nouns: zeros(), all: zeros(), capitals: zeros(), attributes: zeros() };
  const wordAt = (at: number) => ((stream[at] ?? STOP) < FIRST_FORM ? -1 : wordOf[stream[at] - FIRST_FORM]);
  for (let at = 0; at < stream.length; at++) {
    const word = wordAt(at);
    if (word < 0) continue;
    const [left, right] = [wordAt(at - 1), wordAt(at + 1)];
    counts.all[word]++;
    if (left >= 0) counts.capitals[word] += isCapital[stream[at] - FIRST_FORM];
    // "de läser" (they read) and "de böcker" (the books): what may stand before both shows nothing.
    const isBoth = left >= 0 && beforeVerbs[left] === 1 && beforeNouns[left] === 1;
    if (left >= 0 && beforeVerbs[left] === 1 && !isBoth) counts.verbs[word]++;
    else if (right >= 0 && afterVerbs[right] === 1 && !(left >= 0 && beforeNouns[left] === 1))
      counts.verbs[word]++;
    else if (left >= 0 && auxiliaries[left] === 1 && participles?.ending.test(words[word]))
      counts.verbs[word]++;
    const isArticle = left >= 0 && beforeNouns[left] === 1 && !isBoth;
    if (attributes && isArticle && right >= 0 && isSmall[right] === 0) {
      counts.attributes[word]++;
      continue;
    }
    if (isArticle || (right >= 0 && afterNouns[right] === 1)) counts.nouns[word]++;
  }
  return counts;
}
