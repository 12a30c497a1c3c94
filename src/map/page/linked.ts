import { marked } from './card.js';
import { h } from './dom.js';

/** Addresses of web pages; a full stop or bracket after one is not part of it. */
const ADDRESS = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/giu;
/** Pictures inside a cell, of kinds that hold no scripts. */
const PICTURE = /^data:image\/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=]+$/;

/** Text with the query's words marked, and addresses of web pages as links. */
export function linked(text: string, query: string): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    parts.push(...marked(text.slice(from, match.index), query));
    parts.push(
      h('a', { href: match[0], target: '_blank', rel: 'noopener noreferrer' }, ...marked(match[0], query)),
    );
    from = match.index + match[0].length;
  }
  parts.push(...marked(text.slice(from), query));
  return parts;
}

/** The picture that a cell holds; null where it holds something else. */
export const pictureOf = (cell: string, name: string): HTMLImageElement | null =>
  PICTURE.test(cell.trim()) ? h('img', { src: cell.trim(), alt: name, class: 'cell-picture' }) : null;
