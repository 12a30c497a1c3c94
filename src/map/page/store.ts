import type { Edit } from '../../edits/edits.js';
import type { Filters } from './filters.js';

/** What a choice is compared with: everything else, a group by its id, noise, or the filters that were kept. */
export type Compared = 'rest' | 'kept' | number;

/** Everything that a reader can choose. The URL's hash holds it, so a link brings back the same picture. */
export interface State extends Filters {
  /** `topic`, `probability`, `outlier`, or `column:` and its index. */
  color: string;
  /** Whether noise is drawn. */
  noise: boolean;
  /** Topics switched off. */
  off: ReadonlySet<number>;
  /** Requested number of groups; null for the grouping that the map opens with. */
  granularity: number | null;
  /** Index of the date column that the timeline shows, -1 without one. */
  time: number;
  /** Row whose card is open, -1 for none. */
  pinned: number;
  /** Whether the panel shows all texts where nothing is chosen. */
  overview: boolean;
  compare: Compared | null;
  /** Filters that were kept to compare others with. */
  kept: Filters | null;
  /** Changes of topics by hand, in order. They are kept in the page's storage and in edits.json, not in the link. */
  edits: readonly Edit[];
  /** Whether lines of equal density are drawn. */
  contours: boolean;
}

type Key = keyof State;
type Listener = (changed: ReadonlySet<Key>) => void;

/** The state, with listeners for its changes. */
export class Store {
  state: Readonly<State>;
  readonly #listeners: Listener[] = [];

  constructor(initial: State) {
    this.state = initial;
  }

  /** Calls `listener` after each change, in order of subscription. */
  onChange(listener: Listener): void {
    this.#listeners.push(listener);
  }

  change(part: Partial<State>): void {
    const changed = new Set<Key>();
    for (const key of Object.keys(part) as Key[]) if (this.state[key] !== part[key]) changed.add(key);
    if (changed.size === 0) return;
    this.state = { ...this.state, ...part };
    for (const listener of this.#listeners) listener(changed);
  }
}
