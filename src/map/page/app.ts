import type { Clustering } from '../../output/rows.js';
import type { Manifest } from '../format.js';
import type { Neighbors, RowStrings, Strings } from './blocks.js';
import type { Rgb, Theme } from './colors.js';
import type { Filtering } from './filtering.js';
import type { Grains } from './grains.js';
import type { Grid } from './grid.js';
import type { Orders } from './order.js';
import type { ColumnValues, Painting } from './paint.js';
import type { Scene } from './scene.js';
import type { Stage } from './stage.js';
import type { State, Store } from './store.js';
import type { Cut, MapTopic } from './topics.js';
import type { ClusterTree } from './tree.js';
import type { Box } from './view.js';

/** What the parts of the page share. Data is read once; what changes is in `store`. */
export interface App {
  readonly manifest: Manifest;
  readonly rows: number;
  /** In map units: 0 to 1, y downwards; NaN where a row has no place. */
  readonly points: Float32Array;
  readonly texts: RowStrings;
  /** Words of grammar, which set no texts apart. */
  readonly commonWords: ReadonlySet<string>;
  /** Original spelling of a column's values, where it was shipped. */
  readonly columnStrings: readonly (Strings | undefined)[];
  /** Numbers or codes of a column, decoded on first use. */
  column(index: number): Promise<ColumnValues>;
  /** Those of a column that {@link App.column} has decoded. */
  readyColumn(index: number): ColumnValues | undefined;
  /** Rows by the values of a column or a score. */
  readonly orders: Orders;
  /** Columns of dates; the timeline shows one of them. */
  readonly dateColumns: readonly number[];
  readonly neighbors: Neighbors;
  /** Rows near by meaning and by words, where the run's collection holds weights of words; scores stand as their distances. */
  readonly hybrid?: Neighbors;
  tree(): Promise<ClusterTree | null>;
  /** The state as the map opened. */
  readonly opened: State;
  readonly store: Store;
  readonly stage: Stage;
  readonly grid: Grid;
  readonly grains: Grains;
  /** The grouping in sight. */
  cut: Cut;
  scene: Scene;
  readonly filtering: Filtering;
  /** The share of the texts that a search has seen. */
  onSearched(listener: (share: number) => void): void;
  /** The group that is pointed at, by its name or its row in a list. */
  pointed: { id: number; labels: Int32Array } | null;
  paint: Painting;
  /** Colours by topic, whatever the map is coloured by. */
  topicPainting(): Painting;
  /** Strength of each row's membership in its topic, 0 to 1. */
  probabilities: Float64Array;
  outliers: Float64Array;
  /** Where the points lie, in map units, and how many have no place. */
  readonly box: Box;
  /** Where nearly all of them lie. */
  readonly core: Box;
  readonly unplaced: number;
  /** Columns of clusters.csv for each row. */
  clustering(): Promise<Clustering>;
  theme(): Theme;
  /** The colour of a group by topic. */
  colorOfGroup(topic: MapTopic): Rgb;
  /** Where {@link App.announce} writes. */
  readonly live: HTMLElement;
  /** Announces a text to screen readers. */
  announce(text: string): void;
}

/** What a row in no group is called. */
export const topicName = (app: Pick<App, 'cut'>, row: number): string =>
  app.cut.byId.get(app.cut.labels[row])?.name ?? 'Noise';
