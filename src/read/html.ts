import type { HtmlToTextOptions } from 'html-to-text';

// Either a tag that closes, or one that stands alone: `a <b and c> d` is no HTML.
const TAG =
  /<\/(?:p|div|span|a|b|i|u|s|em|strong|small|font|ul|ol|li|table|thead|tbody|tr|td|th|h[1-6]|html|head|body|blockquote|pre|code|style|script|section|article|center|sup|sub)\s*>|<(?:br|hr|img|p|div|li)(?:\s[^<>]*)?\/?>/i;
const ENTITY = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,8}\d{0,2});/gi;

/** Whether a text holds HTML tags or entities. */
export function hasMarkup(text: string): boolean {
  if (text.includes('<') && TAG.test(text)) return true;
  ENTITY.lastIndex = 0;
  return text.includes('&') && ENTITY.test(text);
}

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
const entities = new Map<string, string>();

/** A text as a browser would show it. The library is loaded when the first text needs it. */
export async function htmlToText(text: string): Promise<string> {
  convert ??= import('html-to-text').then(({ compile }) => compile(OPTIONS));
  const toText = await convert;
  if (TAG.test(text)) return toText(text).replaceAll('\u00A0', ' ').trim();
  // Without tags only the entities change: line breaks and a lone "<" stay.
  return text.replace(ENTITY, (entity) => {
    let meant = entities.get(entity);
    if (meant === undefined) {
      meant = toText(`<span>x${entity}x</span>`).slice(1, -1).replaceAll('\u00A0', ' ');
      if (entities.size < 10_000) entities.set(entity, meant);
    }
    return meant;
  });
}
