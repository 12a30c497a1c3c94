import type { ClusterOptions } from '../options/table.js';
import type { TableSource } from '../read/index.js';
import { BulkFolder } from '../store/bulk.js';
import { type Shard, shardRows } from '../store/ids.js';
import { checkColumns, readCorpus } from './corpus.js';
import { decided } from './decide.js';
import { fillStore, originOf } from './fill-store.js';
import { atLine } from './input.js';
import { openStore, refuseIdle, storeOf } from './stored-input.js';

/** What `embedFile` did. */
export interface Filled {
  /** Rows with a text. */
  rows: number;
  /** Rows that the collection lacked. */
  written: number;
  /** Texts that were longer than the model reads and lost their end. */
  truncated: number;
  /** Those that have the mean of their pieces, with `long` "mean". */
  averaged: number;
  /** Names of the files for a bulk import, where a folder for them was given. */
  files?: string[];
}

/**
 * Embeds a file's texts into a Milvus collection, as `cluster()` would, and stops there.
 *
 * @param source as for `cluster`
 * @param options as for `cluster`; `store` is required
 * @param shard `{ part, of }`: only this part of the rows, counted from 1, so that several writers share the work. All rows by default
 * @param bulk a folder: the rows that the collection lacks are written there as Parquet for Milvus' bulk import, with a program that imports them, and not sent. The collection is made where it is missing
 * @returns numbers of rows with a text, of new rows, and of texts that were longer than the model reads, by what was done with them
 * @throws UserError and FailureError as `cluster` does
 * @example
 * const { written } = await embedFile('news.csv', { store: { uri: './news.db', collection: 'news' } });
 */
export function embedFile(
  source: TableSource,
  options: ClusterOptions,
  shard: Shard = { part: 1, of: 1 },
  bulk?: string,
): Promise<Filled> {
  return decided(options, async (settings) => {
    const { read, embed, watch } = settings;
    const place = storeOf(settings, 'which Milvus receives the vectors');
    refuseIdle(place, ['filter', 'writeBack', 'topicsCollection'], 'embed only fills a collection');
    const corpus = await readCorpus(source, read, { ...watch, offline: embed.offline });
    checkColumns(corpus, place);
    // Rows of a shard are chosen before their ids, which count equal texts: shards split rows, not texts.
    const texts = corpus.documents.gather(corpus.texts);
    const folder = bulk === undefined ? undefined : await BulkFolder.open(bulk, watch);
    const store = await openStore(place, watch);
    try {
      const only = shard.of === 1 ? undefined : shardRows(texts.length, shard);
      const filling = { corpus, texts, only, origin: originOf(source, place), bulk: folder };
      const filled = fillStore(store, filling, { embed, store: place }, watch);
      const { written, truncated, averaged, files } = await atLine(corpus, filled);
      return { rows: texts.length, written, truncated, averaged, ...(files && { files }) };
    } finally {
      await store.close();
    }
  });
}
