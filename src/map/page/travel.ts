import type { Actions } from './actions.js';
import { type App, topicName } from './app.js';
import { clip } from './card.js';
import { plural } from './dom.js';
import { NO_TOPIC } from './filters.js';

const DIRECTIONS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** How far a step to (dx, dy) is when one means to go this way: aside counts double; infinite when backwards. */
function effort(direction: [number, number], dx: number, dy: number): number {
  const ahead = dx * direction[0] + dy * direction[1];
  const aside = Math.abs(dx * direction[1]) + Math.abs(dy * direction[0]);
  return ahead > 0 && aside <= 2 * ahead ? ahead + 2 * aside : Infinity;
}

/**
 * The map by keyboard. Arrows go from topic to topic; Enter steps into the topic, where arrows go from text to
 * text and Enter opens its card; Escape steps out again.
 */
export class Travel {
  /** The text under the keyboard, -1 while one travels between topics. */
  row = -1;

  constructor(
    private readonly app: App,
    private readonly actions: Actions,
    private readonly onMove: (row: number) => void,
  ) {
    const { element } = app.stage;
    element.addEventListener('keydown', (event) => this.#onKey(event));
    element.addEventListener('blur', () => this.#go(-1));
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { stage, store } = this.app;
    const direction = DIRECTIONS[event.key];
    if (direction && event.shiftKey) stage.pan(-90 * direction[0], -90 * direction[1]);
    else if (direction) this.#step(direction);
    else if (event.key === 'Enter' || event.key === ' ') this.#enter();
    else if (event.key === 'Escape') {
      if (store.state.pinned >= 0) this.actions.pin(-1);
      else if (this.row >= 0) {
        this.#go(-1);
        this.#tellTopic();
      } else if (store.state.topic !== NO_TOPIC) {
        store.change({ topic: NO_TOPIC });
        stage.showEverything();
        this.app.announce('All topics');
      } else return;
    } else if (event.key === '+' || event.key === '=') stage.zoom(stage.width / 2, stage.height / 2, 1.5);
    else if (event.key === '-') stage.zoom(stage.width / 2, stage.height / 2, 1 / 1.5);
    else if (event.key === '0' || event.key === 'Home') stage.showEverything();
    else return;
    event.preventDefault();
  }

  #go(row: number): void {
    this.row = row;
    this.onMove(row);
    if (row < 0) return;
    const { stage, points, texts } = this.app;
    stage.reveal(points[2 * row], points[2 * row + 1]);
    void texts.at(row).then((text) => {
      if (this.row === row) this.app.announce(`${clip(text, 200)}. ${topicName(this.app, row)}`);
    });
  }

  #tellTopic(): void {
    const topic = this.app.cut.byId.get(this.app.store.state.topic);
    if (topic)
      this.app.announce(
        `${topic.name}, ${plural(topic.size, 'text')}. ${topic.keywords.join(', ')}. Enter to walk its texts.`,
      );
  }

  #step(direction: [number, number]): void {
    if (this.row >= 0) this.#stepText(direction);
    else this.#stepTopic(direction);
  }

  #stepTopic(direction: [number, number]): void {
    const { cut, store, stage } = this.app;
    const current = cut.byId.get(store.state.topic);
    const x = current?.x ?? stage.view.x;
    const y = current?.y ?? stage.view.y;
    let best = -1;
    let least = Infinity;
    for (const topic of cut.topics) {
      if (topic === current || store.state.off.has(topic.id) || Number.isNaN(topic.x)) continue;
      const cost = current
        ? effort(direction, topic.x - x, topic.y - y)
        : Math.hypot(topic.x - x, topic.y - y);
      if (cost < least) {
        least = cost;
        best = topic.id;
      }
    }
    if (best < 0) {
      this.app.announce('No topic that way');
      return;
    }
    this.actions.goToTopic(best);
    this.#tellTopic();
  }

  #stepText(direction: [number, number]): void {
    const { points, grid, scene, stage } = this.app;
    const [x, y] = [points[2 * this.row], points[2 * this.row + 1]];
    let best = -1;
    let least = Infinity;
    // A wider look each time nothing lies that way; the farthest sees the whole map.
    for (let reach = 24 / stage.view.scale; best < 0 && reach < 4; reach *= 4)
      grid.inBox(x - reach, y - reach, x + reach, y + reach, (row) => {
        if (row === this.row || !scene.visible[row]) return;
        const cost = effort(direction, points[2 * row] - x, points[2 * row + 1] - y);
        if (cost < least) {
          least = cost;
          best = row;
        }
      });
    if (best < 0) this.app.announce('No text that way');
    else this.#go(best);
  }

  #enter(): void {
    const { app } = this;
    if (this.row >= 0) {
      this.actions.pin(this.row);
      return;
    }
    const topic = app.cut.byId.get(app.store.state.topic);
    if (!topic) {
      this.#stepTopic([1, 0]);
      return;
    }
    const row = app.grid.nearest(
      topic.x,
      topic.y,
      2,
      (i) => app.scene.visible[i] === 1 && app.cut.labels[i] === topic.id,
    );
    if (row >= 0) this.#go(row);
  }
}
