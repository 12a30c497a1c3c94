import type { Manifest } from '../format.js';
import type { Neighbors, Strings, TreeColumns } from './blocks.js';
import type { Theme } from './colors.js';
import type { Grid } from './grid.js';
import type { ColumnValues, Painting } from './paint.js';
import type { Scene } from './scene.js';
import type { Stage } from './stage.js';
import type { Store } from './store.js';
import type { Cut } from './topics.js';

/** What the parts of the page share. Data is read once; what changes is in `store`. */
export interface App {
  readonly manifest: Manifest;
  readonly rows: number;
  /** In map units: 0 to 1, y downwards; NaN where a row has no place. */
  readonly points: Float32Array;
  readonly texts: Strings;
  /** Original spelling of a column's values, where it was shipped. */
  readonly columnStrings: readonly (Strings | undefined)[];
  /** Numbers or codes of a column, decoded on first use. */
  column(index: number): Promise<ColumnValues>;
  /** Those of a column that {@link App.column} has decoded. */
  readyColumn(index: number): ColumnValues | undefined;
  readonly neighbors: Neighbors;
  tree(): Promise<TreeColumns | null>;
  readonly store: Store;
  readonly stage: Stage;
  readonly grid: Grid;
  /** The clustering in sight. */
  cut: Cut;
  scene: Scene;
  paint: Painting;
  /** Colours by topic, whatever the map is coloured by. */
  topicPainting(): Painting;
  outliers: Float32Array;
  /** x and y of a row in the file's own units. */
  original(row: number): [number, number];
  theme(): Theme;
  /** Announces a text to screen readers. */
  announce(text: string): void;
}

export const topicName = (app: Pick<App, 'cut'>, row: number): string =>
  app.cut.byId.get(app.cut.labels[row])?.name ?? 'Noise';
