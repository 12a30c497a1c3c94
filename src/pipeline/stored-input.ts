import { UserError } from '../errors.js';
import type { Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import type { TableSource } from '../read/index.js';
import { pickRows } from '../shapes.js';
import type { OpenOptions, Store, StoredRows } from '../store/index.js';
import type { StoreSettings } from '../store/options.js';
import { checkColumns, storedCorpus } from './corpus.js';
import { checkSizes } from './decide.js';
import { fillStore, originOf } from './fill-store.js';
import { atLine, type CheckTable, type Input, readDocuments } from './input.js';
import { spaceOfStore } from './vectors.js';
import { receiversOf, writeBack } from './write-back.js';

/** A file whose vectors are kept in a Milvus collection: what the collection lacks is embedded and written. */
export function storedTableInput(source: TableSource, settings: Settings, check?: CheckTable): Input {
  const { watch } = settings;
  const place = storeOf(settings, 'which Milvus receives the vectors');
  refuseIdle(place, ['filter'], 'a file is clustered');
  let store: Store | undefined;
  let ids: string[] = [];
  return {
    read: (clock) => readDocuments(source, settings, clock, check),
    async embed(corpus, clock) {
      checkColumns(corpus, place);
      const opened = await openStore(place, watch);
      store = opened;
      const texts = corpus.documents.gather(corpus.texts);
      const filling = { corpus, texts, origin: originOf(source, place) };
      const { embed } = settings;
      const { ids: stored, ...made } = await clock.timeEmbedding(() =>
        atLine(corpus, fillStore(opened, filling, { embed, store: place }, watch)),
      );
      ids = stored;
      const space = await clock.time('store', () => spaceOfStore(opened, ids, watch));
      return { ...space, ...made };
    },
    writeBack: async (result, documents) => store && writeBack(store, ids, result, documents, place, watch),
    close: async () => store?.close(),
  };
}

/** The rows that a Milvus collection holds; nothing is embedded. */
export function collectionInput(settings: Settings, check?: CheckTable): Input {
  const { watch } = settings;
  const place = storeOf(settings, 'which Milvus holds the collection');
  refuseSparse(settings, 'nothing is embedded of a collection that is clustered');
  let store: Store | undefined;
  let rows: StoredRows | undefined;
  let ids: string[] = [];
  return {
    async read(clock) {
      const opened = await openStore(place, watch, { mustExist: true });
      store = opened;
      const stored = await clock.time('read', () => opened.readCollection({}, watch));
      rows = stored;
      for (const message of stored.findings) watch.onProgress?.({ stage: 'read', level: 'warning', message });
      const corpus = storedCorpus(stored, place);
      check?.(corpus.table);
      checkSizes(settings, corpus.documents.tableRows.length);
      return corpus;
    },
    async embed({ documents }, clock) {
      const opened = store;
      const stored = rows;
      if (!opened || !stored) throw new Error('the collection must be read before its vectors');
      ids = documents.gather(stored.ids);
      const vectors = documents.isWhole ? stored.vectors : pickRows(stored.vectors, documents.tableRows);
      return clock.time('store', () => spaceOfStore(opened, ids, watch, vectors));
    },
    writeBack: async (result, documents) => store && writeBack(store, ids, result, documents, place, watch),
    close: async () => store?.close(),
  };
}

/** The settings of the store. @throws UserError where none were given; `what` says what they are needed for. */
export function storeOf({ store }: Settings, what: string): StoreSettings {
  if (store) return store;
  throw new UserError(`store must say ${what}; got nothing`, { code: 'OPTION_MISSING', option: 'store.uri' });
}

/** Opens the store. Milvus' client takes a while to load, so it is imported only when it is used. */
export async function openStore(settings: StoreSettings, watch: Watch, place?: OpenOptions): Promise<Store> {
  const { openStore: open } = await import('../store/index.js');
  const store = await open(settings, watch, place);
  try {
    store.checkWriteBack(receiversOf(settings));
    if (settings.topicsCollection !== undefined) await store.checkTopics(settings.topicsCollection);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Refuses lexical weights where nothing would be stored. */
export function refuseSparse({ embed }: Settings, why: string): void {
  if (!embed.sparse) return;
  throw new UserError(
    `sparse stores weights next to vectors in a Milvus collection, and ${why}; leave it out`,
    {
      code: 'OPTION_UNKNOWN',
      option: 'sparse',
    },
  );
}

/** Refuses options of the store that would have no effect. */
export function refuseIdle(
  settings: StoreSettings,
  names: readonly ('filter' | 'writeBack' | 'topicsCollection')[],
  why: string,
): void {
  const given = names.find((name) => settings[name] !== undefined);
  if (given === undefined) return;
  const option = `store.${given}`;
  throw new UserError(`${option} is for what a collection holds already, and ${why}; leave it out`, {
    code: 'OPTION_UNKNOWN',
    option,
  });
}
