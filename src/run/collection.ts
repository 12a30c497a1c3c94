import { UserError } from '../errors.js';
import type { Settings } from '../options/table.js';
import type { Clock } from '../pipeline/clock.js';
import { type Corpus, storedCorpus } from '../pipeline/corpus.js';
import { fillStore } from '../pipeline/fill-store.js';
import { atLine } from '../pipeline/input.js';
import { openStore, storeOf } from '../pipeline/stored-input.js';
import { type Space, spaceOfStore } from '../pipeline/vectors.js';
import type { LivingParts } from './evolve.js';
import type { Joined } from './join.js';

/** The Milvus collection that a run's vectors are in. */
export interface OpenCollection {
  /** Rows that the run doesn't have. */
  receivedSince(clock: Clock): Promise<Corpus>;
  /** Vectors of all documents, or a server that searches them; new texts are embedded into the collection. */
  spaceOf(joined: Joined, fresh: Corpus, fingerprint: string | undefined, clock: Clock): Promise<Space>;
  close(): Promise<void>;
}

export async function openCollection(before: LivingParts, settings: Settings): Promise<OpenCollection> {
  const place = storeOf(settings, 'where the collection of this run is');
  const { watch, embed } = settings;
  const oldIds = before.space.ids ?? [];
  const store = await openStore(place, watch, { mustExist: true });
  let received: string[] | undefined;
  return {
    async receivedSince(clock) {
      const stored = await clock.time('read', () => store.readCollection({}, watch));
      const known = new Set(oldIds);
      const rows = stored.ids.flatMap((id, row) => (known.has(id) ? [] : [row]));
      const of = <T>(values: readonly T[]) => rows.map((row) => values[row]);
      received = of(stored.ids);
      const columns = Object.fromEntries(
        Object.entries(stored.columns).map(([name, cells]) => [name, of(cells)]),
      );
      return storedCorpus({ ...stored, ids: received, texts: of(stored.texts), columns }, place);
    },
    async spaceOf({ corpus }, fresh, fingerprint, clock) {
      const from = oldIds.length;
      if (received) {
        const ids = [...oldIds, ...received];
        const space = await clock.time('store', () => spaceOfStore(store, ids, watch));
        return { ...space, ...modelOf(before) };
      }
      const texts = corpus.documents.gather(corpus.texts);
      const only = Int32Array.from({ length: texts.length - from }, (_, at) => from + at);
      const filled = await clock.timeEmbedding(() =>
        atLine(
          fresh,
          fillStore(store, { corpus, texts, origin: place.source, only }, { embed, store: place }, watch),
        ),
      );
      if (fingerprint !== undefined && filled.model.fingerprint !== fingerprint) {
        throw new UserError(
          `model must be the one that the run was made with, ${before.space.model?.id}; got ${filled.model.id}`,
          { code: 'OPTION_INVALID', option: 'model' },
        );
      }
      // Ids that are derived count equal texts, those of earlier rows too.
      const ids = [...oldIds, ...filled.ids.slice(from)];
      const space = await clock.time('store', () => spaceOfStore(store, ids, watch));
      const { model, provider } = filled;
      const truncated = before.space.truncated + filled.truncated;
      const averaged = before.space.averaged + filled.averaged;
      return { ...space, model, provider, truncated, averaged };
    },
    close: () => store.close(),
  };
}

const modelOf = ({ space }: LivingParts): Pick<Space, 'model' | 'truncated' | 'averaged'> => ({
  model: space.model,
  truncated: space.truncated,
  averaged: space.averaged,
});
