// How letters begin, in many languages, and how they end.
const GREETINGS = [
  'dear|hello|hi|hey|greetings|good (?:morning|afternoon|evening|day)|to whom it may concern',
  'sehr geehrte[rsn]?|liebe[rs]?|hallo|guten (?:tag|morgen|abend)|moin|servus|grüß gott',
  'bonjour|bonsoir|chers?|chères?|madame|monsieur|messieurs',
  'estimad[oa]s?|hola|buen[oa]s (?:d[ií]as|tardes|noches)|querid[oa]s?|muy señor(?:es)?',
  'prezad[oa]s?|olá|oi|car[oa]s?|bom dia|boa (?:tarde|noite)',
  'gentil[ei]|egregi[oa]|spettabile|buongiorno|buonasera|ciao|car[ie]',
  'beste|geachte|goede(?:morgen|middag|navond|ndag)',
  'szanown[iyea]|dzień dobry|cześć|witam|merhaba|sayın|hej|hei|bästa|kære|kjære|vážen[íýá]|dobrý den',
  'уважаем(?:ый|ая|ые)|здравствуйте|добрый (?:день|вечер)|доброе утро|привет|шановн(?:ий|а|і)',
  'مرحبا|السلام عليكم|عزيزي|عزيزتي|السادة|تحية طيبة|नमस्ते|प्रिय|आदरणीय|महोदय',
].join('|');
// Without a space after them.
const GREETINGS_UNSPACED = '您好|你好|尊敬的|こんにちは|お世話になって(?:おり|い)ます|お世話になります|拝啓';
const CLOSINGS = [
  '(?:(?:best|kind|warm|many)(?:est)? )?(?:regards|wishes)|(?:yours )?(?:sincerely|truly|faithfully|respectfully)|respectfully(?: yours)?',
  'cheers|(?:many )?(?:thanks|thx)|thank you|looking forward to (?:your|hearing)|all the best|take care(?! of)|(?:best|warmly|yours)(?=\\s*[,\\n])',
  '(?:mit )?(?:freundliche[nm]?|viele[n]?|beste[nm]?|herzliche[nm]?|liebe[n]?|schöne[n]?) gr(?:üßen|üße|uß|üssen|üsse|uss)',
  'mfg|gruß|grüße|hochachtungsvoll|vielen dank|danke(?: (?:im voraus|schön|sehr))?',
  "(?:bien )?cordialement|bien à vous|(?:sincères )?salutations|bonne (?:journée|soirée)|amicalement|merci(?: d'avance)?",
  'atentamente|(?:un )?(?:cordial )?saludos?(?: cordiales)?|(?:muchas )?gracias',
  'atenciosamente|cumprimentos|abraços|obrigad[oa]|(?:cordiali|distinti) saluti|saluti|grazie|met vriendelijke groet(?:en)?|groet(?:en|jes)?',
  'z poważaniem|pozdrawiam|saygılarım(?:la|ızla)|teşekkürler|med vänlig(?:a)? hälsning(?:ar)?|med venlig hilsen|vennlig hilsen',
  'с уважением|спасибо|з повагою|مع (?:خالص )?(?:التحية|تحياتي)|شكرا|धन्यवाद|सादर|भवदीय',
].join('|');
const CLOSINGS_UNSPACED = '此致|敬礼|谢谢|祝好|敬具|よろしくお願い(?:いた)?します|감사합니다|고맙습니다';

/** UTF-16 units of whom a letter addresses, and of who signs it. */
const ADDRESSEE = 40;
const SIGNATURE = 100;
/** UTF-16 units of names without a closing formula before them. */
const NAMES = 50;
const GREETING = new RegExp(
  `^\\s*(?:(?:${GREETINGS})(?![\\p{L}\\p{M}])|(?:${GREETINGS_UNSPACED}))[^\\n,;:.!?،؛؟，。：！]{0,${ADDRESSEE}}[\\n,;:.!،؛，。：！]\\s*`,
  'iu',
);
const CLOSING = new RegExp(
  `(?<=[\\n.!?,;،؛؟。！]\\s*)(?:(?:${CLOSINGS})(?![\\p{L}\\p{M}])|(?:${CLOSINGS_UNSPACED}))[^.?؟。]{0,${SIGNATURE}}\\.?\\s*$`,
  'iu',
);
/** The closing formula on a line of its own: what follows is a signature, with its dots. */
const CLOSING_LINE = new RegExp(
  `\\n[ \\t]*(?:(?:${CLOSINGS})(?![\\p{L}\\p{M}])|(?:${CLOSINGS_UNSPACED}))[ \\t,.!。]*\\n[^?؟]{0,${SIGNATURE * 2}}$`,
  'iu',
);
/** "-- " on a line of its own, which mail programs put before a signature (RFC 3676); what they add on a telephone. */
const MAIL_SIGNATURE =
  /\n--[ \t]*\n[\s\S]*$|\n(?:Sent from (?:my|Mail|Outlook)|Von meinem |Gesendet von |Envoyé de(?:puis)? mon |Enviado desde mi |Inviato da )[^\n]{0,60}\s*$/u;
/** Names after a dash, or on a line of their own, at the end: "– Ann", "Ann Miller"; in German also after "LG" and "VG". */
const SIGNED =
  /(?<=[.!?…,]\s*)(?:[-–—]{1,2}[ \t]?|G?[LV]G,?\s+|\n\s*)\p{Lu}\p{Ll}+(?:[ \t]\p{Lu}(?:\p{Ll}+|\.)?){0,2}\s*$/u;
/** Who writes, with a name: "My name is Ann Miller". */
const INTRODUCTION =
  /(?:[Mm]y name is|[Mm]ein Name (?:ist|lautet)|[Jj]e m['’]appelle|[Mm]on nom est|[Mm]e llamo|[Mm]i nombre es|[Mm]i chiamo|[Mm]eu nome é|[Mm]e chamo|[Мм]еня зовут)(?:[ \t]+\p{Lu}[\p{L}.'-]*){1,3}/gu;
/** Who wrote what is answered, next to an address: "ann@uni.example (Ann Miller) writes:", "Ann Miller <ann@uni.example>"; and where. */
const ADDRESSED = /([\w.%+-]@[\w.-]+>?)[ \t]*\n?[ \t>|:]*\([^()\n]{1,60}\)/gu;
const ADDRESSES = /(?:"[^"\n]{1,60}"[ \t]*|(?:\p{Lu}[\p{L}.'-]*[ \t]+){1,4})(?=<[\w.%+-]+@[\w.-]+>)/gu;
const ARTICLE = /\bIn (?:a previous )?article <[^<>\s]+>,?/gu;
/** What kind of text it is, at the end of a title: "[pdf]", "[video]"; a name of what it is about has a capital. */
const TAG = /\s\[[\p{Ll} ]{2,15}\]\s*$/u;
/** Words that are left of a text at least; a text that is hardly more than a greeting is about it. */
const LEAST_LEFT = 3;

/**
 * A text without the greeting that a letter begins with, the closing formula and signature that it ends with, the sentence in which
 * the writer gives a name, names of those who are answered, and a title's tag.
 */
export function withoutFormulas(text: string): string {
  const body = withoutAnswered(text).replace(GREETING, '').replace(TAG, '');
  const tail = body.slice(-SIGNATURE * 4);
  const unsigned = tail.includes('\n')
    ? tail.replace(MAIL_SIGNATURE, '\n').replace(CLOSING_LINE, '\n')
    : tail;
  const closed = unsigned.replace(CLOSING, '');
  const start = Math.max(0, closed.length - NAMES);
  const end = closed.slice(0, start) + closed.slice(start).replace(SIGNED, '');
  const rest = (body.slice(0, body.length - tail.length) + end).replace(INTRODUCTION, '');
  if (rest.length === text.length) return text;
  return hasWords(rest, LEAST_LEFT) ? rest : text;
}

/** Without names next to addresses. */
const withoutAnswered = (text: string): string =>
  text.includes('@') ? text.replace(ARTICLE, '').replace(ADDRESSED, '$1').replace(ADDRESSES, '') : text;

// Signs, or runs of one kind of them, of the scripts without spaces; words of the others.
const WORD =
  /\p{scx=Han}|\p{scx=Hira}+|\p{scx=Kana}+|(?:(?!\p{scx=Han}|\p{scx=Hira}|\p{scx=Kana})[\p{L}\p{N}])+/gu;

function hasWords(text: string, least: number): boolean {
  let words = 0;
  for (const _ of text.matchAll(WORD)) if (++words >= least) return true;
  return false;
}
