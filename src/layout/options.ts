import { UserError } from '../errors.js';
import { layoutLibraryOptions } from '../options/layout.js';
import type { OptionsOf, SettingsOf } from '../options/option.js';
import { resolveOptions, show } from '../options/resolve.js';
import type { Watch } from '../progress.js';
import type { NeighborGraph } from '../shapes.js';

/** Where points start. */
export type StartName = 'spectral' | 'pca' | 'random';

/** Options of `layout()`; each is described in docs/options.md. */
export type LayoutOptions = OptionsOf<typeof layoutLibraryOptions>;

/** The start that was used, and why. */
export interface Start {
  /** `given` for positions of the caller, `none` where no row has a neighbour. */
  used: StartName | 'given' | 'none';
  /** One line. */
  why: string;
}

/** A finished layout. */
export interface Layout {
  /** rows × components, row-major. */
  points: Float32Array;
  /** As in the graph. */
  rows: number;
  /** Numbers per row. */
  components: number;
  /** Neighbours used per row. */
  neighbors: number;
  /** Rounds of optimisation. */
  epochs: number;
  /** Parameters a and b of the closeness 1 / (1 + a·x^2b) at distance x in the layout. */
  a: number;
  /** See `a`. */
  b: number;
  /** Where points started. */
  init: Start;
  /** Rows that share the point of an identical earlier row. */
  folded: number;
  /** Rows without any neighbour, set on a ring around the others. */
  isolated: number;
  /**
   * Places new rows on the finished layout. A row's point depends on its own neighbours and the seed alone.
   *
   * @param newRows neighbours of the new rows among the rows of the layout, nearest first
   * @param watch `signal` and `onProgress`
   * @returns rows × components, row-major
   * @throws UserError for an invalid graph
   */
  transform(newRows: NeighborGraph, watch?: Watch): Promise<Float32Array>;
}

/** Every option decided, those that depend on the rows included. */
export type Settings = Omit<SettingsOf<typeof layoutLibraryOptions>, 'neighbors' | 'epochs'> & {
  readonly neighbors: number;
  readonly epochs: number;
};

const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

/**
 * @param targets Number of rows that the indices count.
 * @throws UserError for a graph of other types, with other lengths, or that names rows that don't exist.
 */
export function checkGraph(graph: NeighborGraph, targets: number): void {
  const { indices, distances, rows, neighbors } = graph;
  for (const [name, value] of Object.entries({ rows, neighbors })) {
    if (isWhole(value)) continue;
    throw new UserError(
      `layout: ${name} of the graph must be a whole number of at least 0; got ${show(value)}`,
      { code: 'GRAPH_INVALID' },
    );
  }
  if (!(indices instanceof Int32Array)) {
    throw new UserError(`layout: indices must be an Int32Array; got ${typeName(indices)}`, {
      code: 'GRAPH_INVALID',
    });
  }
  if (!(distances instanceof Float32Array)) {
    throw new UserError(`layout: distances must be a Float32Array; got ${typeName(distances)}`, {
      code: 'GRAPH_INVALID',
    });
  }
  for (const [name, array] of Object.entries({ indices, distances })) {
    if (array.length === rows * neighbors) continue;
    throw new UserError(
      `layout: ${name} holds ${array.length} numbers; ${rows} rows × ${neighbors} neighbors need ${rows * neighbors}`,
      { code: 'GRAPH_INVALID' },
    );
  }
  for (let at = 0; at < indices.length; at++) {
    const row = Math.floor(at / neighbors);
    if (indices[at] >= targets || indices[at] < -1) {
      throw new UserError(
        `layout: row ${row} names neighbour ${indices[at]}; there are ${targets} rows, counted from 0, and -1 marks an empty slot`,
        { code: 'GRAPH_INVALID' },
      );
    }
    if (indices[at] >= 0 && distances[at] < 0) {
      throw new UserError(
        `layout: distances, row ${row}: ${distances[at]} is not a distance; it must be 0 or more`,
        { code: 'GRAPH_INVALID' },
      );
    }
  }
}

const typeName = (value: unknown) => (Array.isArray(value) ? 'a plain array' : show(value));

/**
 * Checks graph and options, and decides what was left out.
 * @throws UserError, one line, for what can't be.
 */
export function settingsFor(graph: NeighborGraph, options: LayoutOptions): Settings {
  const settings = resolveOptions(layoutLibraryOptions, options);
  checkGraph(graph, graph.rows);
  const { rows } = graph;
  const { init, components, vectors } = settings;
  if (typeof init !== 'string' && init.length !== rows * components) {
    throw new UserError(
      `layout: init holds ${init.length} numbers; ${rows} rows × ${components} components need ${rows * components}`,
      { code: 'OPTION_INVALID', option: 'init' },
    );
  }
  if (vectors && vectors.rows !== rows) {
    throw new UserError(
      `layout: vectors has ${vectors.rows} rows, the graph ${rows}; they must be the same rows`,
      { code: 'OPTION_INVALID', option: 'vectors' },
    );
  }
  return {
    ...settings,
    neighbors: Math.min(graph.neighbors, settings.neighbors ?? Math.max(1, graph.neighbors)),
    epochs: settings.epochs ?? epochsFor(rows),
  };
}

/** Epochs of a layout of so many rows, where none are given. */
export const epochsFor = (rows: number): number => (rows <= 10_000 ? 500 : 200);
