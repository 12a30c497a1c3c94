import type { App } from './app.js';
import type { HoverCard } from './card.js';

/** What a reader can do from several parts of the page. */
export interface Actions {
  /** Opens the card of a row; closes it for -1. */
  pin(row: number): void;
  /** Chooses a group by its id and flies to it. */
  goToTopic(id: number): void;
}

export function openActions(app: App, card: HoverCard): Actions {
  const { store, stage, points, grains } = app;
  return {
    pin(row) {
      card.hide();
      store.change({ pinned: row });
      if (row < 0) stage.element.focus({ preventScroll: true });
      else stage.reveal(points[2 * row], points[2 * row + 1]);
    },
    goToTopic(id) {
      // A topic that is named on the map while a coarser level is shown: show the topics.
      const isFiner = !app.cut.byId.has(id);
      const topic = app.cut.byId.get(id) ?? grains.topicsCut.byId.get(id);
      if (!topic) return;
      const off = new Set(isFiner ? [] : store.state.off);
      off.delete(id);
      if (isFiner) store.change({ granularity: grains.topicsCut.topics.length, off, topic: id });
      else store.change({ topic: id, ...(store.state.off.has(id) ? { off } : {}) });
      if (!Number.isNaN(topic.x)) stage.flyToBox(topic.box);
    },
  };
}
