import { LABEL_FONT, type Label, nameScale, placeLabels } from './labels.js';
import type { Around } from './readable.js';
import type { MapTopic } from './topics.js';

/** The places of all names: made anew where the groups or the view of everything change, never by zooming. */
export class NamePlaces {
  readonly #context = document.createElement('canvas').getContext('2d');
  #topics: readonly MapTopic[] = [];
  #closer: readonly MapTopic[] = [];
  #around: Around = { view: { x: 0.5, y: 0.5, scale: 1 }, width: 0, height: 0, panels: [] };
  /** Null where they are to be made anew. */
  #labels: Label[] | null = null;

  /** Groups that are named, and finer ones between them; whether these are others than before. */
  setTopics(topics: readonly MapTopic[], closer: readonly MapTopic[]): boolean {
    if (topics === this.#topics && closer === this.#closer) return false;
    this.#topics = topics;
    this.#closer = closer;
    this.#labels = null;
    return true;
  }

  /** The view of everything and what covers it; names keep their places where nothing of it moved. */
  setAround(around: Around): void {
    if (JSON.stringify(around) !== JSON.stringify(this.#around)) this.#labels = null;
    this.#around = around;
  }

  #measure = (text: string, size: number): number => {
    if (!this.#context) return (text.length * size) / 2;
    this.#context.font = `600 ${size}px ${LABEL_FONT}`;
    return this.#context.measureText(text).width;
  };

  /** Names that stand at a zoom, and that of the chosen topic in any case; those of `absent` groups don't. */
  at(scale: number, homeScale: number, absent: ReadonlySet<number>, chosen: MapTopic | null): Label[] {
    const { width, height } = this.#around;
    // The fewer groups there are, the larger are their names.
    const times = nameScale(width, height, this.#topics.length);
    const tiers = [this.#topics, this.#closer];
    this.#labels ??= placeLabels(tiers, homeScale, this.#measure, times, this.#around);
    // At the zoom itself rounding must not decide.
    const standing = this.#labels.filter(
      ({ from, topic }) => scale >= from * (1 - 1e-9) && !absent.has(topic.id),
    );
    if (!chosen || standing.some(({ topic }) => topic.id === chosen.id)) return standing;
    const own = this.#labels.find(({ topic }) => topic.id === chosen.id);
    if (own) return [...standing, own];
    const plain = nameScale(width, height);
    return [...standing, ...placeLabels([[chosen]], homeScale, this.#measure, plain, this.#around)];
  }
}
