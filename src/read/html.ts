import type { HtmlToTextOptions } from 'html-to-text';

// Either a tag that closes, or one that stands alone: `a <b and c> d` is no HTML.
const TAG =
  /<\/(?:p|div|span|a|b|i|u|s|em|strong|small|font|ul|ol|li|table|thead|tbody|tr|td|th|h[1-6]|html|head|body|blockquote|pre|code|style|script|section|article|center|sup|sub)\s*>|<(?:br|hr|img|p|div|li)(?:\s[^<>]*)?\/?>/i;

/**
 * Whether a text is HTML, by its tags. Entities alone (`AT&amp;T`) don't make it so: plain texts about HTML and
 * feeds that escape twice hold them too, and their texts are taken as they are.
 */
export const hasMarkup = (text: string): boolean => text.includes('<') && TAG.test(text);

// Longer than any text that somebody wrote; the rest of a page's code is cut off.
const LONGEST = 16 * 1024 * 1024;

const OPTIONS: HtmlToTextOptions = {
  wordwrap: false,
  limits: { maxInputLength: LONGEST, maxDepth: 200, ellipsis: '' },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    { selector: 'style', format: 'skip' },
    { selector: 'script', format: 'skip' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
};

type Convert = (html: string) => string;
let convert: Promise<Convert> | undefined;

/** A text as a browser would show it. The library is loaded when the first text needs it. */
export async function htmlToText(text: string): Promise<string> {
  convert ??= import('html-to-text').then(({ compile }) => compile(OPTIONS));
  const toText = await convert;
  return toText(text).replaceAll('\u00A0', ' ').trim();
}
