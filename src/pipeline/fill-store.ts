import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { breathe } from '../breathe.js';
import { counted } from '../counted.js';
import { type Embedding, openModel } from '../embed/index.js';
import type { Model } from '../embed/options.js';
import { renumbered, UserError } from '../errors.js';
import type { Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import type { TableSource } from '../read/index.js';
import type { BulkFolder } from '../store/bulk.js';
import { checkIds } from '../store/ids.js';
import type { Store } from '../store/index.js';
import type { StoreSettings } from '../store/options.js';
import { type Corpus, columnOf, idColumn } from './corpus.js';
import type { UsedModel } from './vectors.js';

/** Rows embedded and written in one piece: small enough to lose little, large enough for full batches. */
const PIECE = 2048;
/** A flush takes a server some seconds: about every 100,000 rows. */
const PIECES_PER_FLUSH = 50;
/** Stored rows that are embedded again to see whether the same model made them. */
const SAMPLE = 8;
/** Cosine of two vectors that one model made of a text, on other engines and from halves of numbers. */
const SAME = 0.99;

/** What a fill is about. */
export interface Filling {
  corpus: Corpus;
  /** Texts of the corpus' documents. */
  texts: string[];
  /** Name of the input; undefined for one without a name. */
  origin?: string;
  /** Rows that this process fills, of several that fill one collection; left out: all. */
  only?: Int32Array;
  /** Receives the rows that the collection lacks, in place of the server. */
  bulk?: BulkFolder;
}

/** What a fill did. */
export interface Filled {
  ids: string[];
  model: UsedModel;
  provider?: string;
  threads?: number;
  /** Texts longer than the model reads: those that lost their end, and those that have the mean of their pieces. */
  truncated: number;
  averaged: number;
  written: number;
  /** Files for a bulk import, with `bulk`. */
  files?: string[];
}

/**
 * The name under which rows of an input are stored: the option, or the file's own with a hash of where it lies, since
 * two folders may hold files of one name.
 */
export function originOf(source: TableSource, { source: given }: StoreSettings): string | undefined {
  if (given !== undefined) return given;
  const files =
    typeof source === 'string'
      ? [source]
      : 'files' in Object(source)
        ? (source as { files: string[] }).files
        : [];
  if (files.length === 0 || files.includes('-')) return undefined;
  const places = files.map((file) => (/^https?:/i.test(file) ? file : resolve(file)));
  const hash = createHash('sha256').update(places.join('\n')).digest('hex').slice(0, 8);
  const name = places[0].split(/[\\/]/).at(-1) || 'input';
  return `${name}${files.length > 1 ? ` and ${files.length - 1} more` : ''} ${hash}`;
}

/**
 * Texts that the store lacks are embedded and written, piece by piece; the rest costs nothing. Ids are derived from
 * model and text where no column holds them. Rows of the collection that are not in the input are counted, and those
 * that left it deleted where `prune` was given.
 */
export async function fillStore(
  store: Store,
  { corpus, texts, origin, only, bulk }: Filling,
  settings: { embed: Settings['embed']; store: StoreSettings },
  watch: Watch,
): Promise<Filled> {
  const givenIds = idColumn(corpus, settings.store);
  const cells = fieldsOf(corpus, settings.store);
  const isPruned = settings.store.prune;
  if (isPruned) checkPrunable(store, origin, only);
  const { sparse } = settings.embed;
  if (bulk && sparse) throw noSparseFiles();
  store.checkSparse(sparse);
  if (bulk && givenIds) await checkEmpty(store);
  await store.checkPartition();
  const model = await openModel({ ...settings.embed, ...watch });
  const writing = new Writing();
  try {
    const idType = givenIds && ((await store.describe()).idType ?? typeOfIds(givenIds.values));
    const ids = givenIds
      ? checkIds(givenIds.values, givenIds.column, idType ?? 'INT64')
      : store.ids(model.fingerprint, texts);
    const plan = {
      model: model.fingerprint,
      modelName: model.about().id,
      idType,
      fields: Object.keys(cells),
      sparse,
    };
    // A collection that doesn't fit is found out before anything is embedded.
    const fields = store.storable(cells);
    if (model.dimensions !== undefined && texts.length > 0)
      await store.prepare({ ...plan, dimensions: model.dimensions });
    if (texts.length > 0 && !settings.store.sameModel) await checkSample(store, model, watch);
    const mine = only ?? Int32Array.from(ids.keys());
    const of = <T>(all: readonly T[], rows: Int32Array) => Array.from(rows, (row) => all[row]);
    const fieldsAt = (rows: Int32Array) =>
      Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, of(values, rows)]));
    const wanted = {
      ids: of(ids, mine),
      texts: givenIds && of(texts, mine),
      fields: fieldsAt(mine),
      origin,
      isOurs: givenIds === undefined,
    };
    const differing = await store.differences(wanted, watch, {
      fingerprint: model.fingerprint,
      name: model.about().id,
    });
    const missing = differing.missing.map((at) => mine[at]);
    watch.onProgress?.({
      stage: 'store',
      message:
        missing.length === 0
          ? `the collection holds ${mine.length === 1 ? 'the row' : `all ${counted(mine.length, 'row')}`} already`
          : `${missing.length.toLocaleString('en-US')} of ${counted(mine.length, 'row')} to add to the collection`,
    });
    let last: Embedding | undefined;
    let cut = 0;
    // Those stored by an earlier run count too, so that this run reports the same.
    const stored = await countLong(model, of(texts, without(mine, missing)), watch.signal);
    let [truncated, averaged] = settings.embed.long === 'mean' ? [0, stored] : [stored, 0];
    for (let start = 0; start < missing.length; start += PIECE) {
      const rows = missing.subarray(start, start + PIECE);
      const piece = of(texts, rows);
      last = await model.embed(piece, pieceWatch(watch, start, missing.length)).catch((error: unknown) => {
        throw renumbered(error, (text) => rows[text]);
      });
      truncated += last.truncated;
      averaged += last.averaged;
      await store.prepare({ ...plan, dimensions: last.vectors.cols });
      const fresh = {
        ids: of(ids, rows),
        vectors: last.vectors,
        lexical: last.lexical,
        texts: piece,
        fields: fieldsAt(rows),
        origin,
      };
      // Ids from a column may be stored with another text, and with fields of their own to be kept.
      const write = () => {
        if (bulk) return store.writeBulk(fresh, bulk);
        return givenIds ? store.update(fresh, watch) : store.upsert(fresh, watch);
      };
      await writing.begin(async () => {
        cut += await write();
      });
      if ((start / PIECE + 1) % PIECES_PER_FLUSH === 0) {
        await writing.end();
        await store.flush(watch);
      }
    }
    await writing.end();
    const files = await (bulk && store.finishBulk(bulk));
    const outdated = differing.outdated.map((at) => mine[at]);
    if (outdated.length > 0)
      await store.setFields({ ids: of(ids, outdated), fields: fieldsAt(outdated), origin }, watch);
    if (store.exists && only === undefined) await tellStrays(store, ids, origin, isPruned, corpus, watch);
    // Also where nothing was missing: an earlier run may have ended before its flush.
    if (store.exists && mine.length > 0) await store.flush(watch);
    if (cut > 0) {
      const message = `${counted(cut, 'text is', 'texts are')} longer than the collection’s text field and stored without the end`;
      watch.onProgress?.({ stage: 'store', level: 'warning', message });
    }
    return {
      ids,
      model: { ...model.about(), fingerprint: model.fingerprint },
      provider: last?.provider,
      threads: last?.threads,
      truncated,
      averaged,
      written: missing.length,
      files,
    };
  } finally {
    await writing.settle();
    await model.close();
  }
}

/** Pieces that are written while later ones are embedded; a few at once, so that memory doesn't fill. */
class Writing {
  private readonly running = new Set<Promise<void>>();
  private failure: { reason: unknown } | undefined;

  /** Begins to write a piece, once fewer than three are being written. Throws the failure of an earlier one. */
  async begin(write: () => Promise<void>): Promise<void> {
    while (this.running.size >= 3) await Promise.race(this.running);
    this.rethrow();
    const run = write()
      .catch((reason: unknown) => {
        this.failure ??= { reason };
      })
      .finally(() => this.running.delete(run));
    this.running.add(run);
  }

  /** Waits for all pieces. */
  async end(): Promise<void> {
    await this.settle();
    this.rethrow();
  }

  /** Waits for all pieces, whether they fail or not. */
  async settle(): Promise<void> {
    await Promise.all(this.running);
  }

  private rethrow(): void {
    if (this.failure) throw this.failure.reason;
  }
}

/** An import doesn't replace rows: where ids come from the file, a row whose text changed would be stored twice. */
async function checkEmpty(store: Store): Promise<void> {
  const { rows, collection } = await store.describe();
  if (rows === 0) return;
  throw new UserError(
    `collection ${collection} holds ${counted(rows, 'row')}, and an import doesn't replace those whose text changed under an id of the file; leave out --bulk, or fill a new --collection`,
    { code: 'STORE_MISMATCH', option: 'bulk' },
  );
}

const noSparseFiles = () =>
  new UserError('files for a bulk import hold no sparse vectors; leave out --sparse, or --bulk', {
    code: 'OPTION_INVALID',
    option: 'sparse',
  });

/** Columns of the file that are stored as fields, for the documents. */
function fieldsOf(corpus: Corpus, { fields = [] }: StoreSettings) {
  return Object.fromEntries(fields.map((name) => [name, columnOf(corpus, name, 'store.fields')]));
}

function checkPrunable(store: Store, origin: string | undefined, only: Int32Array | undefined): void {
  const refusal = (why: string, fix: string) =>
    new UserError(`store.prune needs to know which rows are of this input: ${why}; ${fix}`, {
      code: 'OPTION_INVALID',
      option: 'store.prune',
    });
  if (only) throw refusal('a shard holds a part of them', 'leave out --shard in the run that prunes');
  if (origin === undefined) throw refusal('it has no name', 'give it one with `store.source`');
  if (!store.isDynamic) {
    throw refusal(
      'the collection has no dynamic fields, so its rows don’t say where they are from',
      'delete them with a program of your own, or fill a new collection',
    );
  }
}

/**
 * Refuses to add vectors to those of another model. Where nothing says which model filled a collection, some of its
 * texts are embedded again and compared.
 */
async function checkSample(store: Store, model: Model, watch: Watch): Promise<void> {
  if (!store.exists || store.model !== undefined) return;
  const { ids, texts, vectors, textLimit } = await store.sample(SAMPLE);
  // A text that was cut has the vector of the whole.
  const rows = [...ids.keys()].filter(
    (row) => texts[row].trim() !== '' && Buffer.byteLength(texts[row]) < textLimit - 3,
  );
  if (rows.length === 0) return;
  const embedded = await model.embed(
    rows.map((row) => texts[row]),
    { signal: watch.signal },
  );
  if (embedded.vectors.cols !== vectors.cols) return; // refused by its dimensions
  const cosines = rows.map((row, i) => cosine(vectors.data, row, embedded.vectors.data, i, vectors.cols));
  const middle = [...cosines].sort((a, b) => a - b)[Math.floor(cosines.length / 2)];
  if (middle >= SAME) return;
  const at = cosines.indexOf(middle);
  throw new UserError(
    `the collection holds vectors of another model or pooling: that of row ${ids[rows[at]]} has a cosine of ${middle.toFixed(2)} to what ${model.about().id} makes of its text; choose the model that filled it, or another --collection, or add --same-model if its vectors were made of more than the text`,
    { code: 'STORE_MISMATCH', option: 'store.sameModel' },
  );
}

function cosine(a: Float32Array, i: number, b: Float32Array, j: number, cols: number): number {
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (let c = 0; c < cols; c++) {
    const x = a[i * cols + c];
    const y = b[j * cols + c];
    product += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  return squareA === 0 || squareB === 0 ? 0 : product / Math.sqrt(squareA * squareB);
}

/** Says how many rows of the collection are not in the input, and deletes those that left it where that was requested. */
async function tellStrays(
  store: Store,
  ids: string[],
  origin: string | undefined,
  isPruned: boolean,
  { table }: Corpus,
  watch: Watch,
): Promise<void> {
  const strays = await store.strays(ids, origin ?? '', watch);
  const left = strays.left.length + strays.shared.length;
  const say = (message: string, level?: 'warning') => watch.onProgress?.({ stage: 'store', level, message });
  if (isPruned && left > 0) {
    await store.prune(strays, origin ?? '', watch);
    const kept =
      strays.shared.length > 0
        ? `; ${strays.shared.length.toLocaleString('en-US')} of them stay, for other sources`
        : '';
    say(`${counted(left, 'row')} that left ${table.source} pruned from the collection${kept}`);
  } else if (left > 0) {
    say(
      `the collection still holds ${counted(left, 'row')} that left ${table.source}; --prune deletes ${left === 1 ? 'it' : 'them'}`,
      'warning',
    );
  }
  if (strays.others > 0)
    say(
      `the collection also holds ${counted(strays.others, 'row')} that ${strays.others === 1 ? 'is' : 'are'} not from ${table.source}`,
    );
}

/** Texts that are longer than the model reads. */
async function countLong(model: Model, texts: string[], signal?: AbortSignal): Promise<number> {
  const pause = breathe(signal);
  let count = 0;
  for (const text of texts) {
    if (model.isTruncated(text)) count++;
    await pause();
  }
  return count;
}

/** The rows that are not among `others`. */
function without(rows: Int32Array, others: Int32Array): Int32Array {
  const left = new Set(others);
  return rows.filter((row) => !left.has(row));
}

/** What a collection of these ids needs. */
const typeOfIds = (ids: string[]) => (ids.every((id) => /^-?\d+$/.test(id)) ? 'INT64' : 'VARCHAR');

/** Reports the progress of one piece as progress of the whole. */
function pieceWatch({ signal, onProgress }: Watch, start: number, total: number): Watch {
  return {
    signal,
    onProgress: (progress) =>
      onProgress?.(
        progress.stage === 'embed' && progress.done !== undefined && progress.unit === 'rows'
          ? { ...progress, done: start + progress.done, total }
          : progress,
      ),
  };
}
