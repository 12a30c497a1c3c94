import { UserError } from '../errors.js';
import {
  type Collection,
  createCollection,
  createIndex,
  type ModelMark,
  type Plan,
  shownModel,
} from './collection.js';
import type { Connection } from './connection.js';
import { deriveIds } from './ids.js';
import type { StoreSettings } from './options.js';
import { countRows, type Source } from './query.js';
import { readSample } from './read-collection.js';
import { createSparseIndex } from './sparse.js';
import { checkWritable } from './write.js';

/** A collection that rows are about to be written into. */
export interface Destination {
  connection: Connection;
  name: string;
  options: StoreSettings;
  isLite: boolean;
  /** Of the server, for messages. */
  address: string;
  /** Looks it up again. */
  find(): Promise<Collection | undefined>;
  source(): Source;
  /** Loads it. */
  ready(): Promise<void>;
}

/**
 * Makes a collection ready for rows of a model: creates it with its index where it is missing, checks that it fits
 * where it is there, loads it.
 */
export async function prepareCollection(
  place: Destination,
  found: Collection | undefined,
  plan: Plan,
): Promise<void> {
  const { connection, name, options } = place;
  if (!found) await createCollection(connection, name, options, plan);
  let collection = found ?? (await place.find());
  if (!collection) throw new Error(`collection ${name} was created and is not there`);
  checkModel(collection, markOf(plan));
  checkWritable(collection, plan);
  if (collection.index === 'none' && (await mayIndex(place, collection))) {
    await createIndex(connection, name, collection.vectorField, options);
    collection = await place.find();
  }
  if (collection?.sparseField && !collection.hasSparseIndex && collection.model !== undefined) {
    await createSparseIndex(connection, name, collection.sparseField);
    collection = await place.find();
  }
  await place.ready();
  if (collection?.model === undefined && !options.collection && !options.id)
    await checkOurs(place, plan.model);
}

const markOf = ({ model, modelName }: Plan): ModelMark => ({ fingerprint: model, name: modelName });

/**
 * Whether a partition was named for new rows, of a collection that is there.
 *
 * @throws UserError for several, or where there can't be one
 */
export function checkPartition(
  name: string,
  exists: boolean,
  [partition, ...more]: readonly string[] = [],
): boolean {
  if (partition === undefined) return false;
  const refusal = (what: string) =>
    new UserError(what, { code: 'OPTION_INVALID', option: 'store.partition' });
  if (more.length > 0)
    throw refusal(
      `partitions ${[partition, ...more].join(', ')} are named, and new rows go into one; name that one with --partition`,
    );
  if (!exists)
    throw refusal(
      `collection ${name} is not there yet, so it has no partition ${partition}; make it with its partitions, or leave out --partition`,
    );
  return true;
}

/** @throws UserError where the collection is known to hold vectors of another model. */
export function checkModel({ model, name }: Collection, mine: ModelMark): void {
  if (model === undefined || model.fingerprint === mine.fingerprint) return;
  const isVariant = model.name !== undefined && model.name === mine.name;
  const why = isVariant ? ' (with another file, pooling, token limit or prefix)' : '';
  throw new UserError(
    `collection ${name} holds vectors of the model ${shownModel(model)}, this run uses ${shownModel(mine)}${why}; choose another --collection`,
    { code: 'STORE_MISMATCH', option: 'store.collection' },
  );
}

/**
 * A run that was killed between the two steps leaves a collection without its index. Where nothing says whose a
 * collection is, Milvus Lite counts rows without an index: there an index is made only for an empty collection.
 */
async function mayIndex({ isLite, source }: Destination, { model }: Collection): Promise<boolean> {
  return model !== undefined || (isLite && (await countRows(source())) === 0);
}

/**
 * Rows are added to a collection that was there before only where it is named, or where denscape filled it with
 * this model: then its ids follow from its texts.
 */
async function checkOurs({ source, name, address }: Destination, model: string): Promise<void> {
  const { ids, texts } = await readSample(source(), 20);
  const isOurs = ids.some((id, row) => deriveIds(model, new Array(8).fill(texts[row])).includes(id));
  if (ids.length === 0 || isOurs) return;
  throw new UserError(
    `collection ${name} at ${address} holds rows that denscape didn't store with the model ${model}; to add to it anyway, name it: --collection ${name}, or name another`,
    { code: 'STORE_MISMATCH', option: 'store.collection' },
  );
}
