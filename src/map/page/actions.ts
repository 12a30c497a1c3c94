import type { App } from './app.js';
import type { HoverCard } from './card.js';
import { recolor } from './draw.js';
import { NO_TOPIC, NOISE } from './filters.js';
import type { State } from './store.js';

/** What a reader can do from several parts of the page. */
export interface Actions {
  /** Opens the card of a row; closes it for -1. */
  pin(row: number): void;
  /** Chooses a group by its id, or noise, and flies to it. */
  goToTopic(id: number): void;
  /** Lights the texts of a group that is pointed at; -1 is none. */
  point(id: number): void;
}

export function openActions(app: App, card: HoverCard): Actions {
  const { store, stage, points, grains } = app;
  let frame = 0;
  return {
    pin(row) {
      card.hide();
      store.change({ pinned: row });
      if (row < 0) stage.element.focus({ preventScroll: true });
      else stage.reveal(points[2 * row], points[2 * row + 1]);
    },
    goToTopic(id) {
      if (id === NOISE) {
        store.change({ topic: NOISE, noise: true, pinned: -1 });
        return;
      }
      // A topic that is named on the map while a coarser level is shown: show the topics.
      const isFiner = !app.cut.byId.has(id);
      const topic = app.cut.byId.get(id) ?? grains.topicsCut.byId.get(id);
      if (!topic) return;
      const off = new Set(isFiner ? [] : store.state.off);
      off.delete(id);
      const part: Partial<State> = { topic: id, pinned: -1 };
      if (isFiner) Object.assign(part, { granularity: grains.topicsCut.topics.length, off });
      else if (store.state.off.has(id)) part.off = off;
      store.change(part);
      if (!Number.isNaN(topic.x)) stage.flyToBox(topic.box);
    },
    point(id) {
      if (id === (app.pointed?.id ?? NO_TOPIC)) return;
      const { labels } = app.cut.byId.has(id) ? app.cut : grains.topicsCut;
      app.pointed = id < 0 ? null : { id, labels };
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => recolor(app));
    },
  };
}
