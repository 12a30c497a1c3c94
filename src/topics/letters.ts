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
  '(?:(?:best|kind|warm|many)(?:est)? )?(?:regards|wishes)|(?:yours )?(?:sincerely|truly|faithfully)|cheers|(?:many )?thanks|thank you',
  '(?:mit )?(?:freundliche[nm]?|viele[n]?|beste[nm]?|herzliche[nm]?|liebe[n]?) gr(?:üßen|üße|uß|üssen|üsse|uss)|mfg|vielen dank',
  "cordialement|bien à vous|sincères salutations|merci(?: d'avance)?|atentamente|(?:un )?(?:cordial )?saludos?(?: cordiales)?|gracias",
  'atenciosamente|cumprimentos|abraços|obrigad[oa]|(?:cordiali|distinti) saluti|saluti|grazie|met vriendelijke groet(?:en)?|groet(?:en|jes)?',
  'z poważaniem|pozdrawiam|saygılarım(?:la|ızla)|teşekkürler|med vänlig(?:a)? hälsning(?:ar)?|med venlig hilsen|vennlig hilsen',
  'с уважением|спасибо|з повагою|مع (?:خالص )?(?:التحية|تحياتي)|شكرا|धन्यवाद|सादर|भवदीय',
].join('|');
const CLOSINGS_UNSPACED = '此致|敬礼|谢谢|敬具|よろしくお願い(?:いた)?します';

/** UTF-16 units of whom a letter addresses, and of who signs it. */
const ADDRESSEE = 40;
const SIGNATURE = 100;
const GREETING = new RegExp(
  `^\\s*(?:(?:${GREETINGS})(?![\\p{L}\\p{M}])|(?:${GREETINGS_UNSPACED}))[^\\n,;:.!?،؛؟，。：！]{0,${ADDRESSEE}}[\\n,;:.!،؛，。：！]\\s*`,
  'iu',
);
const CLOSING = new RegExp(
  `(?<=[\\n.!?,;،؛؟。！]\\s*)(?:(?:${CLOSINGS})(?![\\p{L}\\p{M}])|(?:${CLOSINGS_UNSPACED}))[^.?؟。]{0,${SIGNATURE}}\\.?\\s*$`,
  'iu',
);
/** Words that are left of a text at least; a text that is hardly more than a greeting is about it. */
const LEAST_LEFT = 3;

/** A text without the greeting that a letter begins with and the closing formula and signature that it ends with. */
export function withoutFormulas(text: string): string {
  const body = text.replace(GREETING, '');
  const tail = body.slice(-SIGNATURE * 2);
  const rest = body.slice(0, body.length - tail.length) + tail.replace(CLOSING, '');
  if (rest.length === text.length) return text;
  return hasWords(rest, LEAST_LEFT) ? rest : text;
}

// Signs, or runs of one kind of them, of the scripts without spaces; words of the others.
const WORD =
  /\p{scx=Han}|\p{scx=Hira}+|\p{scx=Kana}+|(?:(?!\p{scx=Han}|\p{scx=Hira}|\p{scx=Kana})[\p{L}\p{N}])+/gu;

function hasWords(text: string, least: number): boolean {
  let words = 0;
  for (const _ of text.matchAll(WORD)) if (++words >= least) return true;
  return false;
}
