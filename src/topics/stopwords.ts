import { createRequire } from 'node:module';
import { FUNCTION_WORDS } from './function-words.js';
import { keyOf } from './words.js';

/** How a word may be used in keywords. */
export const CONTENT = 0;
/** Grammar: inside a phrase only ("Bank of America"), or as part of a name written with a capital ("The Hague"). */
export const FUNCTION = 1;
/** Says little by itself: at the edge of a phrase ("New York", "First Class"), never alone. */
export const GENERIC = 2;
/** Named by the user, so that no phrase has it either. */
export const GIVEN = 3;
export type Use = typeof CONTENT | typeof FUNCTION | typeof GENERIC | typeof GIVEN;

const require = createRequire(import.meta.url);
// Imported, the whole of it would be searched for the names that it exports first: three times as long.
const packaged = new Map<string, unknown>(Object.entries(require('stopword')));
const iso: Record<string, string[] | undefined> = require('stopwords-iso');

// ISO 639-1 codes and the lists of the `stopword` package that serve them. Near languages share lists: short
// headlines are easily taken for the neighbour.
const PACKAGED: Record<string, string> = {
  af: 'afr',
  ar: 'ara',
  bg: 'bul',
  bn: 'ben',
  br: 'bre',
  ca: 'cat',
  cs: 'ces slk',
  da: 'dan',
  de: 'deu',
  el: 'ell',
  en: 'eng',
  eo: 'epo',
  es: 'spa',
  et: 'est',
  eu: 'eus',
  fa: 'fas',
  fi: 'fin',
  fr: 'fra',
  ga: 'gle',
  gl: 'glg',
  gu: 'guj',
  he: 'heb',
  hi: 'hin mar',
  hr: 'hrv',
  hu: 'hun',
  hy: 'hye',
  id: 'ind',
  it: 'ita',
  ja: 'jpn',
  ko: 'kor',
  ku: 'kur',
  lt: 'lit',
  lv: 'lav',
  mr: 'mar hin',
  ms: 'msa ind',
  my: 'mya',
  ne: 'hin',
  nl: 'nld',
  no: 'nob dan',
  pa: 'panGu',
  pl: 'pol',
  pt: 'por porBr',
  ro: 'ron',
  ru: 'rus',
  sk: 'slk ces',
  sl: 'slv',
  sv: 'swe',
  sw: 'swa',
  th: 'tha',
  tl: 'tgl',
  tr: 'tur',
  uk: 'ukr',
  ur: 'urd',
  vi: 'vie',
  yo: 'yor',
  zh: 'zho',
  zu: 'zul',
};

// The lists of stopwords-iso are long where `stopword`'s leave many function words, but hold words that texts are
// about. They were read for these languages, and these words of both packages stay keywords. English isn't among
// them: a thousand of its words would have to stay.
const KEPT: Record<string, string> = {
  ar: '',
  cs: '',
  da: '',
  ca: '',
  fa: 'جريان جریان جلوگيري خدمات گروهي',
  fi: 'kukka',
  ro: '',
  de: 'gott mann mensch menschen mittel ordnung recht rechte rechten rechtes rechter',
  es: 'acuerdo empleais emplean emplear empleas empleo estado estados pais paìs sal tiempo trabaja trabajais trabajamos trabajan trabajar trabajas trabajo usa valor verdad verdadera verdadero',
  fr: 'basee cher chers chère chères dos droite force mine minimale naturel naturelle naturelles ouvert ouverte ouverts parole personne personnes pièce retour stop sujet valeur',
  hi: '',
  it: 'accidenti citta città comprare consiglio cortesia forza gente gruppo lavoro mondo paese piedi registrazione sara scola scopo tempo titolo uomo vita peccato',
  ja: '',
  ko: '',
  nl: '',
  pl: '',
  pt: 'apoio área áreas caminho conselho corrente custa direita estado grupo nível obra pessoas povo sistema trabalhar trabalho valor verdade verdadeiro viagem',
  ru: 'вечер вода война глаз голова голос город дверь деньги дом дорога друг душа жена женщина жизнь земля книга комната лицо любить люди мать машина мир мира мор москва народ нога ночь окно отец плечо работа работать ребенок россия рука русский свет советский стол страна товарищ улица утро',
  sv: '',
  tr: 'kaynak',
  uk: '',
  zh: '',
};

// What both packages lack, seen in names of real topics. Grammar:
const MORE_FUNCTION: Record<string, string> = {
  en: 'ie eg aka despite via concerning including included includes include will not no nor so off down until upon among within without against during whether via per may might must shall should could would just can cannot own both us its yet even ever every another however although while once again here few less least we they them itself himself herself themselves myself yourself ourselves does did do doing done having something anything nothing everything someone anyone everyone somebody nobody anybody beyond behind above below around near twice amid ahead back away be been being was were had has have am is are if then than that this these those there their theirs what when where why how which who whom whose because since though unless also too very only such same other others rather quite much many more most some any each either neither none about after before between into out over under up through across along toward towards onto per let my mine your yours his her hers our ours me him else elsewhere hence thus therefore moreover otherwise anyway ago apart aside etc throughout thereby whatever whichever whoever wherever whenever besides unlike meanwhile nevertheless nonetheless furthermore additionally indeed nearly almost perhaps whereas beneath beside alongside amongst amidst somewhat somehow sometime sometimes often usually regardless albeit notwithstanding everywhere somewhere nowhere anywhere instead together altogether forward forwards afterward afterwards beforehand',
  zh: '这个 那个 这些 那些 我们 你们 他们 她们 它们 自己 已经 可以 因为 所以 但是 如果 没有 以及 由于 就是 还是 不是 这样 什么 怎么 可能 非常 目前 同时 对于 关于 根据 称 将 被 从 而 以 与 但 却 让 使 由 向 再 最 的 了 在 是 和 有 不 也 都 就 及 对 等 为 中 到 把 给 着 过 吗 呢 吧 啊 很 还 没 又 被 会 能 要 想 说 她 他 我 你 它 们 哪 那 这 一 這個 那個 這些 我們 你們 他們 她們 它們 已經 因為 所以 如果 沒有 由於 還是 這樣 什麼 怎麼 可能 對於 關於 根據 稱 將 從 與 卻 讓 來 對 為 個 過 嗎 還 沒 會 說 這 們 其他 例如 许多 許多 一些 一种 一種 一样 一樣 人们 人們 并且 並且 任何 只有 大约 大約 大约 以及 直到 尤其 除了 之后 之後 之前 以后 以後 以前',
  ko: '것 것입니다 수 등 및 또는 있습니다 있다 있는 있었다 있었습니다 있으며 있고 있지만 있을 있어 있어서 있도록 없는 없다 없습니다 없이 합니다 한다 하는 하고 하며 하여 해야 해서 했다 했습니다 했으며 된다 됩니다 되는 되었다 되었습니다 됐다 되어 된 할 한 입니다 이다 이며 이고 였다 이었다 그 그는 그의 그녀 그들 이는 이들 이 저 우리 때 때문 때문에 경우 위해 위한 대한 대해 대해서 통해 따라 의해 관한 관련 같은 같이 다른 모든 많은 많이 여러 여러분 일부 가장 매우 더 더욱 또한 그러나 하지만 그리고 그래서 따라서 라고 후 전 중 동안 약 이후 이상 함께 모두 다시 이미 특히 주로 종종 보통 어떤 어떻게 이런 그런 이러한 그러한 좋은 새로운 큰 작은 높은 오래 그것 이것 여기 거기 또 안 못 잘 왜 무엇 언제 어디 누구 제 제가 저는 내 나 너 당신 아직 계속 정도 사이 아주 너무',
  ja: 'ありま しょう でしょ でしょう ください ませ ません つまり かつ また および あるいは または しかし そして さらに たとえば ですが となり なり 他の その この あの どの これ それ あれ ここ そこ どこ する なる ある いる できる よる ため こと もの よう さん です ます した して され られ れる せる ない なかっ たい だっ ので から まで より など だけ ほど しか でも には では とは へ が を に は と も の で や し て た だ',
  ar: 'لكن ولكن فقد فقط بينما أثناء حوالي غالبا عادة أيضا جدا للغاية سواء حيث كذلك لذلك لذا نفس نفسها نفسه أنك أنها أنه أنهم أننا إنه إنها فإن والتي والذي والذين تكون كانوا كنت تقع تضم تشمل يقوم تقوم تم يتم وتم أصبح أصبحت تصبح تعد يعد تعتبر يعتبر في من على إلى عن مع أن إن ان هذا هذه ذلك تلك التي الذي الذين كان كانت يكون قد لقد بعد قبل بين حتى خلال عند منذ كما أو ثم لا لم لن ما هو هي هم أي كل بعض غير حول ضد وفي ومن وعلى بأن وأن فيها فيه له لها به بها',
  nl: 'soms wilt',
  uk: 'які який яка яке після ваш ваша ваше ваші вашої вашу треба',
  hi: 'दोनों क्योंकि जाता जाती जाते बीच रूप कारण दौरान शामिल द्वारा जिसमें जिनमें जिसकी जिसके जिसका जिसे जिन आपको आपके आपका आपकी हमें हमारे मुझे उन्हें उन्होंने इसे उसे इसके इसकी इसका उसके उसकी उसका उनके उनकी उनका अन्य कई कुछ सभी हर बहुत अधिक सबसे ज़्यादा ज्यादा पास करते करता करती किए करें करना सकती होते होता होती चाहिए तरह वहाँ यहाँ जहाँ जब तब फिर लेकिन परंतु अगर यदि बल्कि केवल सिर्फ है हैं था थी थे के का की को में से पर ने और भी तो ही यह वह जो कि इस उस गया गई गए किया करने लिए हुआ हुई हुए रहा रही रहे बाद साथ नहीं अब तक या जा सकता सकते होगा होने वाले वाली वाला न मेरा मेरी मेरे कर दिया आप हम मैं',
  ne: 'छ र को का की मा ले लाई पनि यो त्यो हो भने गरेको भएको गर्न छन् थियो थिए हुन हुने गर्ने तथा बाट सम्म लागि अनि यस उक्त गरेका भएका भएर रहेको रहेका गरी गरेर भन्ने आफ्नो उनले हुँदै भइरहेको गरिएको गर्दै छैन',
  th: 'ได้ มี ให้ ใน ที่ และ เป็น ไป มา แล้ว ว่า อยู่ ไม่ นี้ นั้น โดย เพื่อ หรือ แต่ จาก กับ ของ จะ ต้อง ยัง ถูก หลัง ผู้ คน',
  de: 'zb bzw am ans aufs beim durchs fürs hinters im ins ums unters vom vors übers zum zur falls angesichts aufgrund zudem unser unsere unseren unserem unserer unseres möglicherweise pro sowie hinsichtlich bezüglich mittels trotz sonst ebenfalls jedoch obwohl sobald solange',
};

// General words, numbers and times, which name no topic:
const MORE_GENERIC: Record<string, string> = {
  en: "one two three four five six seven eight nine ten hundred hundreds thousand thousands dozen first second third last next new old say says said saying tell told according yesterday today tonight tomorrow week weeks month months year years day days hour hours minute minutes time times night morning go goes going went gone set sets put puts take takes took taken make makes made making see sees seen saw come comes came coming get gets got getting give gives gave given use uses used using percent million billion update correction reuters afp ap upi dpa inc corp co ltd llc plc mr mrs ms dr st prof gen col lt sgt capt gov sen rep rev vs am pm it's need needs needed want wants wanted know knows known think thinks thought mean means meant try tries tried trying multiple various numerous look looks looking seem seems happen happens happened thing things stuff lot lots way ways really actually actual anymore currently already maybe probably please thanks thank hello hi hey okay ok yes yeah lol quot nan null undefined deleted removed regarding fwd rt won't dear regards sincerely good great best better bad well like still never always remain remains remained become becomes became continue continues continued persist persists persisted keep keeps kept exist exists existed encounter encounters encountered specific recent recently several further following previous additional current entire certain find finds finding supposed wish wishes wished com org mil people person persons guy guys help helps helped helping",
  de: 'jänner jänners feber bitte danke hallo geehrte geehrter geehrten geehrtes freundliche freundlichen gruß grüße grüßen mfg fast eher erheblich erhebliche neu neue neuen neuer neues neu sagte sagt sagen laut wegen prozent uhr heute gestern morgen mehr eins zwei drei million millionen mio milliarde milliarden mrd tausend euro seien sollen könnte könnten geben sieht sehen zufolge demnach mehrere letzten nächsten künftig plus deutlich angaben vergangenen mehreren rund insgesamt derzeit bislang nun etwa erklärte erklärt kilometer kilometern meter metern sekunde sekunden minute minuten stunde stunden cent nummer ding dinge dingen höhe',
  zh: '您好 你好 谢谢 尊敬 请问 此致 敬礼 一个 进行 表示 认为 通过 今天 昨天 明天 今年 去年 其中 第三 第一 第二 位于 位於 通常 也是 最后 最後 现在 現在 足以 指出 表明 时间 時間 部分 包括 需要 提供 使用 成为 成為 出现 出現 导致 導致 开始 開始 发现 發現 周遭 有时 有時 美元',
  ko: '말했다 말했습니다 밝혔다 전했다 설명했다 오늘 어제 내일 올해 작년 지난해 년 월 일 시 분 명 개 번 첫 두 세 네 하나 둘 원 가지 때부터 현재 최근 안녕하세요 감사합니다 부탁드립니다',
  ja: '最も 場合 通常 現在 最大 番目 十分 受け 週間 お世話 よろしく お願い ありがとう 行う 年 月 日 時 分 人 方 者 的 化 同 各 約 今 後 前 中 今年 昨年 多く 一部',
  ar: 'كم مم سم الساعة مرحبا شكرا تحية تحياتي عزيزي السيد السادة وقال قال قالت وأضاف أضاف يوم اليوم أمس عام',
  uk: 'приблизно',
  hi: 'लोग लोगों आजकल आमतौर समय दिन बजे किमी मिमी किलोमीटर मील प्रतिशत नमस्ते प्रिय धन्यवाद कृपया महोदय कहा एक दो बताया दिया हजारों',
  ne: 'एक दुई बताए जनाए',
  th: 'วัน ปี',
  es: 'estimado estimada estimados estimadas saludo saludos cordial cordiales atentamente favor dijo año años mil hoy ayer mañana millones gracias hola',
  fr: 'madame monsieur messieurs cordialement salutations veuillez an ans année années jour jours hier demain million millions euros merci bonjour',
  ru: 'уважаемый уважаемая уважаемые здравствуйте привет пожалуйста спасибо км мм см кг сказал сообщил сегодня вчера завтра лет год года годы тысяч млн',
  it: 'buongiorno buonasera salve gentile spettabile saluti cordiali distinti grazie',
  pt: 'prezado prezada prezados prezadas olá atenciosamente cumprimentos obrigado obrigada',
  nl: 'geachte beste groet groeten vriendelijke hallo bedankt',
  pl: 'szanowni szanowny szanowna witam pozdrawiam poważaniem dziękuję proszę',
  tr: 'merhaba sayın teşekkürler lütfen',
};

/** Thanks and greetings: what texts without another subject have in common. */
export const SPEECH = new Set(
  'thanks thank hello hi hey sorry congratulations danke hallo merci bonjour gracias hola obrigado obrigada olá grazie ciao bedankt спасибо привет здравствуйте 谢谢 你好 您好 ありがとう شكرا مرحبا धन्यवाद नमस्ते 감사합니다 안녕하세요'.split(
    ' ',
  ),
);

// English stands in texts of all languages of the Latin script. Only what is no word of content in another of them.
const ENGLISH_ELSEWHERE =
  'on the of and to is that for it with this from at be have has you we they our their what when who how why will would could should there which been were had his her she out about into than then them these those your my can get got just like very yes new said says first'.split(
    ' ',
  );

/** Units of measure, which name no topic in any language. */
const UNITS =
  'km km² km2 m² m³ mm cm kg mg ml mph kwh kb mb gb tb khz mhz ghz kbps mbps meg megs lb lbs min mins hrs'.split(
    ' ',
  );

// Arabic writes short words together with the next or the pronoun after: "and the", "with them".
const ARABIC_JOINED = ['و', 'ف'];
const ARABIC_PREPOSITIONS = 'لدي عند من في علي إلي الي مع عن بين حول قبل بعد خلال ل ب'.split(' ');
const ARABIC_PRONOUNS = 'ه ها هم هن هما نا ك كم ي'.split(' ');

const PRONOUNS = ['i', 'you', 'he', 'she', 'it', 'we', 'they', 'who', 'that', 'there', 'this', 'what'];
const VERBS =
  'ca do does did wo would could should is are was were have has had need must might ai sha'.split(' ');
/** "can't", "we're" and their like, also as they are typed without an apostrophe where that is no other word. */
const CONTRACTIONS = [
  ...PRONOUNS.flatMap((pronoun) => ["'ll", "'ve", "'re", "'d", "'m"].map((ending) => pronoun + ending)),
  ...VERBS.map((verb) => `${verb}n't`),
  ...'dont cant wont im ive didnt doesnt isnt arent wasnt couldnt wouldnt shouldnt havent hasnt youre theyre thats whats gonna wanna'.split(
    ' ',
  ),
];

const cache = new Map<string, Map<string, Use>>();

function usesOf(language: string): Map<string, Use> {
  let uses = cache.get(language);
  if (!uses) {
    uses = new Map<string, Use>();
    const kept = KEPT[language]?.split(' ');
    const theirs = (PACKAGED[language]?.split(' ') ?? []).flatMap((name) => listOf(packaged.get(name)));
    const reviewed = kept !== undefined ? (iso[language] ?? []) : [];
    // In lists that nobody has read only the short words are sure to be grammar.
    const unread =
      kept === undefined && language !== 'en' ? (iso[language] ?? []).filter((word) => word.length <= 4) : [];
    for (const word of [...theirs, ...reviewed, ...unread]) uses.set(keyOf(word), FUNCTION);
    for (const word of kept ?? []) uses.delete(keyOf(word));
    for (const word of [...split(MORE_FUNCTION[language]), ...split(FUNCTION_WORDS[language])])
      uses.set(keyOf(word), FUNCTION);
    // The lists have cedillas, texts mostly commas below.
    if (language === 'ro')
      for (const [word, use] of [...uses]) uses.set(word.replaceAll('ş', 'ș').replaceAll('ţ', 'ț'), use);
    if (language === 'en') for (const word of CONTRACTIONS) uses.set(word, FUNCTION);
    if (language === 'ar') {
      const alone = [...uses.keys()].filter((word) => word.length > 1);
      for (const before of ARABIC_JOINED) for (const word of alone) uses.set(before + word, FUNCTION);
      for (const word of ARABIC_PREPOSITIONS)
        for (const pronoun of ARABIC_PRONOUNS) uses.set(word + pronoun, FUNCTION);
    }
    for (const word of [...split(MORE_GENERIC[language]), ...calendar(language)])
      uses.set(keyOf(word), GENERIC);
    cache.set(language, uses);
  }
  return uses;
}

/** Words of a language's grammar. */
export function functionWords(language: string): Set<string> {
  return new Set([...usesOf(language)].filter(([, use]) => use === FUNCTION).map(([word]) => word));
}

/**
 * How words may be used in texts of these languages; a word that is missing is content. Other languages of the Latin
 * script also have English's commonest words.
 */
export function stopWords(languages: Iterable<string>, more: Iterable<string> = []): Map<string, Use> {
  const all = new Map<string, Use>();
  for (const word of ['US', 'IT', 'WHO']) all.set(word, GENERIC);
  for (const word of UNITS) all.set(word, GENERIC);
  for (const language of languages)
    for (const [word, use] of usesOf(language)) if (all.get(word) !== FUNCTION) all.set(word, use);
  for (const word of ENGLISH_ELSEWHERE) if (!all.has(word)) all.set(word, FUNCTION);
  for (const word of more) all.set(keyOf(word), GIVEN);
  return all;
}

/** Words of grammar in these languages, in lower case. */
export const wordsOfGrammar = (languages: Iterable<string>): string[] =>
  [...stopWords(languages)].flatMap(([word, use]) => (use === FUNCTION ? [word] : []));

/** Names of months and weekdays, as the platform knows them. "May" and "März" are left to be dates. */
function calendar(language: string): string[] {
  if (!/^[a-z]{2}$/.test(language) || Intl.DateTimeFormat.supportedLocalesOf(language).length === 0)
    return [];
  const names: string[] = [];
  for (const options of [
    { month: 'long' },
    { month: 'short' },
    { month: 'long', day: 'numeric' },
    { weekday: 'long' },
    { weekday: 'short' },
  ] as const) {
    const format = new Intl.DateTimeFormat(language, options);
    for (let i = 0; i < 12; i++) {
      const date = Object.hasOwn(options, 'weekday') ? new Date(2024, 0, 1 + i) : new Date(2024, i, 15);
      for (const { type, value } of format.formatToParts(date))
        if (type === 'month' || type === 'weekday') names.push(value.replace(/\.$/, ''));
    }
  }
  return names.filter((name) => /\p{L}{2}/u.test(name));
}

const listOf = (list: unknown): string[] => (Array.isArray(list) ? list : []);
const split = (words: string | undefined): string[] => words?.split(' ').filter((word) => word !== '') ?? [];
