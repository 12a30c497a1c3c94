import { UserError } from '../errors.js';

/** Takes out of a text what must not leave this machine. */
export type Redact = (text: string) => string | Promise<string>;

// Lengths are those of mail addresses, and keep the time in proportion to the text's length.
const EMAIL =
  /[\p{L}\p{N}][\p{L}\p{N}._%+'-]{0,63}\s?(?:@|[[({]\s?at\s?[\])}])\s?[\p{L}\p{N}-]{1,63}(?:\s?(?:\.|[[({]\s?(?:dot|punkt)\s?[\])}])\s?[\p{L}\p{N}-]{1,63}){1,8}/giu;

/** Up to three separators between digits: spaces, dots, slashes, dashes, brackets. */
const GAP = String.raw`[\s\u00a0\u2007\u2009\u202f.\-\u2010-\u2015/()]{0,3}`;
/** Digits of any script, seven or more, with separators between them. */
const RUN = new RegExp(
  String.raw`(?<![\p{L}\p{Nd}])[+(]{0,2}\p{Nd}(?:${GAP}\p{Nd}){6,}(?![\p{L}\p{Nd}])`,
  'gu',
);
/** A group of digits without separators inside, with the sign or bracket before it. */
const GROUP = /[+(]{0,2}\p{Nd}+/gu;

/** Word before a number that makes it a telephone number, however it is written. */
const CALLED =
  /(?:(?<!\p{L})(?:tel|telephone|telefon|phone|mobile|mobil|cell|handy|fax|whatsapp|sms|call|móvil|teléfono|téléphone|telefono)|电话|電話|☎|📞)[\s.:=#()]*$/iu;

/**
 * Replaces e-mail addresses, card numbers (13 to 19 digits that pass Luhn's check) and telephone numbers by `[email]`,
 * `[card]` and `[phone]`. When in doubt a number is taken for a telephone number; dates, years, prices and plain counts stay.
 */
export function redactContacts(text: string): string {
  return text
    .replace(EMAIL, '[email]')
    .replace(RUN, (run, at: number) => redactRun(run, text.slice(Math.max(0, at - 30), at)));
}

/** A run may hold several numbers, such as a date and a telephone number: from each group on, the longest is tried first. */
function redactRun(run: string, before: string): string {
  const groups = Array.from(run.matchAll(GROUP), ({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }));
  let redacted = '';
  let from = 0;
  for (let first = 0; first < groups.length; first++) {
    const { start } = groups[first];
    if (start < from) continue;
    for (let last = Math.min(groups.length, first + MOST_GROUPS) - 1; last >= first; last--) {
      const kind = kindOf(run.slice(start, groups[last].end), start === 0 ? before : '');
      if (kind === undefined) continue;
      redacted += run.slice(from, start) + kind;
      from = groups[last].end;
      break;
    }
  }
  return redacted + run.slice(from);
}

/** Groups of digits in one number: French telephone numbers with the country have six, some are written in single digits. */
const MOST_GROUPS = 16;

function kindOf(written: string, before: string): '[card]' | '[phone]' | undefined {
  const digits = digitsOf(written);
  if (isCard(digits) && !DATE.test(written)) return '[card]';
  return isPhone(written, digits, before) ? '[phone]' : undefined;
}

/** The digits of a number in any script, as ASCII. */
function digitsOf(text: string): string {
  let digits = '';
  for (const character of text.normalize('NFKC')) {
    if (!/\p{Nd}/u.test(character)) continue;
    // A script's digits are ten code points in a row, of which the first has the value 0.
    const code = character.codePointAt(0) ?? 0;
    let zero = code;
    while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
    digits += code - zero;
  }
  return digits;
}

/** Luhn's check, which every card number passes. */
function isCard(digits: string): boolean {
  if (digits.length < 13 || digits.length > 19 || /^0+$/.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]) * (1 + (at % 2));
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** 2024-11-26 or 26.11.2024 at the beginning, and not the first parts of 06.12.34.56.78. */
const DATE = /^(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:\d{4}|\d\d))(?!\d|[-./]\d)/;
const YEARS = /^(?:1[5-9]|20)\d\d\s?[-–—/\s]\s?(?:1[5-9]|20)\d\d(?!\d)/;
/** 1.234.567 or 1 234 567: a number in groups of three. */
const GROUPED = /^[1-9]\d{0,2}(?:[.\s]\d{3})+$/;
const DECIMAL = /^\d+\.\d+$/;

function isPhone(written: string, digits: string, before: string): boolean {
  const count = digits.length;
  if (count < 7 || count > 16) return false;
  if (/^\(?\+/.test(written)) return true;
  if (CALLED.test(before)) return true;
  if (DATE.test(written) || YEARS.test(written) || GROUPED.test(written) || DECIMAL.test(written))
    return false;
  if (/[$€£¥#]\s?$/.test(before)) return false;
  if (digits.startsWith('00')) return count >= 10;
  // National numbers begin with 0 in most countries: 030 123456, 01632 960 983, 06 12 34 56 78.
  if (digits.startsWith('0')) return count >= 9 || /[\s/-]/.test(written);
  if (/^\(\p{Nd}{2,5}\)/u.test(written)) return true;
  // North America: 555-123-4567, 1 555 123 4567. Other digits are a count, an account, a product.
  return /^(?:1[\s.-]?)?\p{Nd}{3}[\s.\-–]\p{Nd}{3}[\s.\-–]\p{Nd}{4}$/u.test(written);
}

/** The redaction that an option gives; one of the caller is checked. */
export function redaction(choice: boolean | Redact | undefined): Redact {
  if (typeof choice === 'function') {
    return async (text) => {
      const redacted: unknown = await choice(text);
      if (typeof redacted === 'string') return redacted;
      throw new UserError(`redact must return a text; it returned ${typeof redacted}`, {
        code: 'OPTION_INVALID',
        option: 'redact',
      });
    };
  }
  return choice ? redactContacts : (text) => text;
}
