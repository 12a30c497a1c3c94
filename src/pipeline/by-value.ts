import { UserError } from '../errors.js';
import type { ClusterOptions } from '../options/table.js';
import { decided } from './decide.js';
import { openStore, storeOf } from './stored-input.js';

/** A run over the rows of a collection that have one value in a field. */
export interface ValueRun {
  value: string;
  rows: number;
  options: ClusterOptions;
  /** Name of a folder for it: the value, as far as file systems take it. */
  folder: string;
}

/**
 * The runs that a field of a collection divides it into, one for each value, most rows first; and how many rows have
 * no value.
 * @throws UserError where no row has a value
 */
export function runsByValue(
  options: ClusterOptions,
  field: string,
): Promise<{ runs: ValueRun[]; without: number }> {
  return decided(options, async (settings) => {
    const place = storeOf(settings, 'which Milvus holds the collection');
    const store = await openStore(place, settings.watch, { mustExist: true });
    try {
      const values = await store.values(field, settings.watch);
      const taken = new Set<string>();
      const runs = values
        .filter(({ value }) => value !== null)
        .map(({ value, rows, filter }): ValueRun => {
          const own = place.filter === undefined ? filter : `(${place.filter}) and ${filter}`;
          return {
            value: String(value),
            rows,
            options: { ...options, store: { ...options.store, uri: place.uri, filter: own } },
            folder: folderFor(String(value), taken),
          };
        });
      if (runs.length === 0) {
        throw new UserError(
          `no row has a value in ${field}, so there is nothing to divide the collection by`,
          {
            code: 'OPTION_INVALID',
            option: 'by',
          },
        );
      }
      return { runs, without: values.find(({ value }) => value === null)?.rows ?? 0 };
    } finally {
      await store.close();
    }
  });
}

/** A name without what some file system refuses, different from those taken on any of them. */
function folderFor(value: string, taken: Set<string>): string {
  const plain =
    value
      .replace(/[^\p{L}\p{N}._-]+/gu, '-')
      .replace(/^[.-]+|[.-]+$/g, '')
      .slice(0, 80) || 'value';
  let name = /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(plain) ? `${plain}-value` : plain;
  for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${plain}-${n}`;
  taken.add(name.toLowerCase());
  return name;
}
