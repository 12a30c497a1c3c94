const ENTITIES: Record<string, string> = { amp: '&', quot: '"', lt: '<', gt: '>', apos: "'", nbsp: ' ' };
const ENTITY = /&?#x([0-9a-f]{2,6});|&?#(\d{1,7});|&?\b(amp|quot|lt|gt|apos|nbsp);|&[a-z]{2,8};/gi;
const TAG = /<\/?[a-z!][^<>]{0,500}>/gi;
const LINK = /\b(?:https?:\/\/|www\.)\S+|\S+@\S+\.\S+/gi;
/** What every link has; looking for an address takes the square of a word's length where there is none. */
const IN_LINKS = /@|\/\/|www\./i;

/** Resolves entities (also those that lost their `&`), drops tags, links, addresses and stray backslashes. */
export function cleanMarkup(text: string): string {
  if (!/[<&#;\\@/]/.test(text)) return text;
  // Feeds hold `&amp;lt;b&amp;gt;`.
  const resolved = text.replace(/&(?:amp;)+/gi, '&').replace(ENTITY, resolve);
  const plain = resolved.replace(TAG, ' ');
  return (IN_LINKS.test(plain) ? plain.replace(LINK, ' ') : plain).replace(/\\/g, ' ');
}

function resolve(_: string, hex?: string, decimal?: string, name?: string): string {
  if (name) return ENTITIES[name.toLowerCase()];
  const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
  return code > 31 && code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
}

// Soft hyphens, zero-width spaces, word joiners and byte order marks stand inside words and show nothing.
const INVISIBLE = /[\u00ad\u200b\u2060\ufeff]/g;
const CURLY = /[\u2018\u2019\u02bc\u00b4`]/g;
// `#39;` of feeds has a space before it: "Sadr 's men", "Sean O 'Keefe".
const PARTED_ENDING = /(?<=\p{L}) '(?=(?:s|t|d|m|ll|re|ve)(?![\p{L}\p{N}]))/gu;
const PARTED_NAME = /(?<=(?<![\p{L}\p{N}])[ODdLl]) '(?=\p{Lu})/gu;
/** "@JetBlue", not an address. */
export const MENTION = /(?<![\p{L}\p{N}_])@[\p{L}\p{N}_]+/gu;
/** With what belongs to it: "@JetBlue's". */
const MENTION_OF = new RegExp(`${MENTION.source}(?:'s(?![\\p{L}\\p{N}]))?`, 'gu');
const RETWEET = /(?<![\p{L}\p{N}])(?:RT|MT) (?=@)/gu;
// {{Account Number}}, {name}, ${user}, [URL], [REDACTED], %s
const PLACEHOLDER =
  /\{\{[^{}]{0,60}\}\}|\$?\{\w{1,40}\}|\[[A-Z][A-Z_ ]{1,30}\]|%\(?\w*\)?[sd](?![\p{L}\p{N}])/gu;
const TIMESTAMP =
  /(?<!\d)\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\p{L}\p{N}])/gu;
// "NYSE: GM", "$AAPL", "GOOG.O"; an abbreviation such as EE.UU repeats its letters.
const LISTED = /(?<![\p{L}\p{N}])(?:NYSE|N[Aa][Ss][Dd][Aa][Qq]|AMEX|LSE|OTC)\s?:\s?[A-Z.]{1,8}/gu;
/** Directives of reStructuredText: `.. versionadded:: 2.4`. */
const DIRECTIVE = /(?<=^|\s)\.\. [a-z-]+::/gu;
const CASHTAG = /\$[A-Z]{1,5}(?![\p{L}\p{N}])/gu;
const TICKER = /(?<![\p{L}\p{N}.])(?!([A-Z])\1\.([A-Z])\2)[A-Z]{2,5}\.[A-Z]{1,2}(?![\p{L}\p{N}.])/gu;

// What a text must hold for each of the rules below: one look at its characters in place of a search for every rule.
const MARKUP = 1;
const BACKTICK = 2;
const QUOTE = 4;
const AT = 8;
const BRACKET = 16;
const DASH = 32;
const DOLLAR = 64;
const COLON = 128;
const DOT = 256;
/** Any character beyond ASCII. */
const FOREIGN = 512;
const SIGNS = new Uint16Array(128);
for (const [signs, kind] of [
  ['<&#;\\@/', MARKUP],
  ['`', BACKTICK],
  ["'", QUOTE],
  ['@', AT],
  ['{[%', BRACKET],
  ['-', DASH],
  ['$', DOLLAR],
  [':', COLON],
  ['.', DOT],
] as const)
  for (const sign of signs) SIGNS[sign.charCodeAt(0)] |= kind;

function signsOf(text: string): number {
  let signs = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    signs |= unit < 128 ? SIGNS[unit] : FOREIGN;
  }
  return signs;
}

/**
 * A text without what can't name a topic: markup, links, mentions, placeholders, times and stock tickers become
 * breaks (" | "). Apostrophes become straight ones and characters that aren't seen go, so that a word has one
 * spelling.
 */
export function plainText(text: string): string {
  let plain = text;
  let signs = signsOf(plain);
  if (signs & MARKUP) {
    plain = cleanMarkup(plain);
    signs = signsOf(plain);
  }
  if (signs & (FOREIGN | BACKTICK)) {
    plain = plain.replace(INVISIBLE, '').replace(CURLY, "'").normalize('NFC');
    signs = signsOf(plain);
  }
  if (signs & QUOTE && plain.includes(" '"))
    plain = plain.replace(PARTED_ENDING, "'").replace(PARTED_NAME, "'");
  if (signs & AT) plain = plain.replace(RETWEET, ' | ').replace(MENTION_OF, ' | ');
  if (signs & BRACKET) plain = plain.replace(PLACEHOLDER, ' | ');
  if (signs & DASH && /\d-\d/.test(plain)) plain = plain.replace(TIMESTAMP, ' | ');
  if (signs & DOLLAR) plain = plain.replace(CASHTAG, ' | ');
  if (signs & COLON && plain.includes('::')) plain = plain.replace(DIRECTIVE, ' | ');
  if (signs & COLON && /[A-Z]:|[Qq] ?:/.test(plain)) plain = plain.replace(LISTED, ' | ');
  if (signs & DOT && /[A-Z]\.[A-Z]/.test(plain)) plain = plain.replace(TICKER, ' | ');
  return plain;
}
