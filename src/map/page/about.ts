import type { App } from './app.js';
import { h } from './dom.js';

/** What is known about the run, folded at first: how good the result is, and how it came about. One is open at a time. */
export function aboutRun({ manifest: { quality = [], footer } }: App): HTMLElement[] {
  const measures = quality.flatMap(({ name, shown, meaning }) => [
    h('dt', {}, name),
    h('dd', {}, shown),
    h('dd', { class: 'meaning' }, meaning),
  ]);
  const facts = footer.flatMap(({ label, value }) => [h('dt', {}, label), h('dd', {}, h('bdi', {}, value))]);
  return [
    ...(measures.length > 0 ? [folded('How good it is', h('dl', { class: 'quality' }, ...measures))] : []),
    folded('About this map', h('dl', { class: 'fact-list' }, ...facts)),
  ];
}

const folded = (title: string, list: HTMLElement): HTMLElement =>
  h('details', { class: 'about', name: 'about' }, h('summary', {}, title), list);
