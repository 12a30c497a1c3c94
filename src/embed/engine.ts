import { stat } from 'node:fs/promises';
import { FailureError, TextFailure, UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import { HOW_TO_INSTALL, NATIVE_MISSING, nativeHint, type Runtimes } from '../runtime/choose.js';
import type { SparseRows } from '../shapes.js';
import { cores } from '../wasm/thread.js';
import {
  Budget,
  CHARACTERS_PER_TOKEN,
  type Encoded,
  type Mixing,
  type Pending,
  packBatch,
} from './batches.js';
import { isGraphics, openDevice, reasonOf } from './devices.js';
import { sizeText } from './download.js';
import { freeMemory, MemoryFailure, memoryRanOut, memoryWarning } from './memory.js';
import { probeMixing } from './mixing.js';
import type { EmbedSettings, Provider } from './options.js';
import type { SessionSpec } from './session.js';
import { type HostedSession, hostSession } from './session-host.js';
import { FAST_PACE, FIRST_PACE, openQueue, SLOW_PACE, type TokenQueue } from './token-queue.js';
import type { TextTokenizer } from './tokenizer.js';
import { type Encoder, openEncoder, type TokenizerSource } from './tokenizer-threads.js';

/** The files of a model, ready to run. */
export interface EngineFiles {
  /** Path of the graph. */
  file: string;
  /** Bytes of graph and weights together. */
  bytes: number;
  spec: Pick<SessionSpec, 'pooling' | 'padId' | 'lexical'>;
  isQuantized: boolean;
  /** Where other threads find the tokenizer; without it this thread does all the tokenizing. */
  tokenizer?: TokenizerSource;
}

export interface BatchDone {
  /** Places among the unique texts. */
  rows: number[];
  /** Their vectors, rows × cols. */
  vectors: Float32Array;
  /** Their lexical weights, where the model was opened for them. */
  lexical?: SparseRows;
  truncated: boolean[];
}

/** Embeds texts in batches, in as many processes as are worth it. */
export interface Engine {
  /**
   * Starts to open the cards, where nothing but cards is named: the program of a card takes a second or two to load. A failure is
   * reported by `run`.
   */
  warm(watch: Watch): void;
  /** Calls `onBatch` for every batch; resolves when all of them are taken. */
  run(texts: Pending[], onBatch: (batch: BatchDone) => Promise<void>, watch: Watch): Promise<void>;
  /** What really ran; undefined before the first run. */
  provider(): Provider | undefined;
  /** Threads that compute on the processor, of all processes together; undefined before the first run and on a graphics card. */
  threads(): number | undefined;
  close(): Promise<void>;
}

/** A graph up to this size may be opened several times side by side. */
const SMALL_MODEL = 300e6;
/**
 * Batches that a graphics card's session has at a time: one runs, the next is there when it ends. A processor gains nothing
 * by that, and a killed run would lose two batches.
 */
const IN_FLIGHT = 2;
/** A tokenizing thread for each so many texts: it takes up to a second to start. */
const TEXTS_FOR_THREADS = 8192;
/** Started at once; another whenever a card has to wait. */
const FIRST_TOKENIZERS = 2;
/** One tokenizing thread makes 5,000 to 15,000 texts a second, and a fast card reads 10,000. */
const MOST_TOKENIZERS = 4;
/** Fewer rows than this do not repay another process. */
const ROWS_PER_PROCESS = 24;

export function openEngine(
  files: EngineFiles,
  tokenizer: TextTokenizer,
  options: Pick<EmbedSettings, 'device' | 'threads' | 'batchTokens'>,
  available: Runtimes,
): Engine {
  const runtimes = runtimesFor(files, available);
  const isAllGraphics = [options.device].flat().every((device) => isGraphics(device));
  let sessions: HostedSession[] = [];
  let provider: Provider | undefined;
  /** Threads of all sessions in use. */
  let threadCount = 0;
  let mixing: Mixing | undefined;
  let budget: Budget | undefined;
  /** Made with the first run, and kept with its threads for the next. */
  let encoder: Encoder | undefined;

  /** Every session that was opened, also those that were only tried. */
  const opened = new Set<HostedSession>();
  /** Ends those that are still being opened. */
  let opening = new AbortController();

  const open = async (chosen: Provider, threads: number, signal?: AbortSignal, card?: number) => {
    const either = AbortSignal.any(signal ? [signal, opening.signal] : [opening.signal]);
    if (chosen !== 'wasm' && !runtimes.native) {
      throw new FailureError(NATIVE_MISSING, { code: 'ENGINE_UNAVAILABLE', option: 'device' });
    }
    const spec = { ...files.spec, file: files.file, provider: chosen, card, threads };
    const session = await hostSession(spec, either);
    opened.add(session);
    return session;
  };

  /** The first device that works; begun by `warm`, or undefined. */
  let first: ReturnType<typeof openDevice> | undefined;
  const openFirst = (threads: number, watch: Watch) => {
    const warning = memoryWarning(files.bytes);
    if (warning) watch.onProgress?.({ stage: 'embed', level: 'warning', message: warning });
    const openOn = (chosen: Provider, card?: number) => open(chosen, threads, watch.signal, card);
    return openDevice(options.device, files.isQuantized, runtimes, openOn, tokenizer, watch);
  };

  /**
   * Opens the first device that works, and begins as many further processes as the texts are worth: each takes half a second to open, in
   * which those that are open work.
   * @returns `more`: each further session once it is open; undefined where it could not start
   */
  const start = async (texts: Pending[], watch: Watch): Promise<Started> => {
    const rows = texts.length;
    const plan = processPlan(files.bytes, rows, options.threads);
    if (sessions.length === 0) {
      const found = await (first ?? openFirst(plan.threads, watch));
      first = undefined;
      sessions = found.sessions;
      threadCount = sessions.length * plan.threads;
      provider = found.provider;
      const hint = provider === 'wasm' && !runtimes.native ? nativeHint(countTokens(texts)) : undefined;
      if (hint) watch.onProgress?.({ stage: 'embed', message: hint });
    }
    const ready = [...sessions];
    const more = openFurther(plan, watch);
    if (rows > 1 && mixing === undefined) {
      mixing = await probeMixing(sessions[0], tokenizer, {
        mayPad: provider !== 'wasm',
        mayStep: isGraphics(provider),
      });
      if (mixing === 'single' && isGraphics(provider)) {
        // One row at a time would waste a graphics processor; the difference is in the last digits.
        mixing = 'stepped';
        watch.onProgress?.({
          stage: 'embed',
          level: 'warning',
          message: `On ${provider}, this model's vectors depend slightly on what shares their batch: another row order may change the last digits, and a row at the edge of a topic with them`,
        });
      }
      budget = new Budget(options.batchTokens ? [options.batchTokens] : budgetsFor(provider, mixing));
    }
    return { ready, more };
  };

  /** Begins the processes that are missing, where a processor computes. */
  const openFurther = ({ processes, threads }: Plan, watch: Watch): Started['more'] => {
    if (provider === undefined || isGraphics(provider)) return [];
    const chosen = provider;
    const ending = opening.signal;
    const failures: string[] = [];
    let left = processes - sessions.length;
    const openOne = async (): Promise<HostedSession | undefined> => {
      let session: HostedSession | undefined;
      try {
        session = await open(chosen, threads, watch.signal);
        sessions.push(session);
        threadCount += threads;
      } catch (error) {
        failures.push(reasonOf(error));
      }
      left--;
      if (left > 0 || failures.length === 0 || ending.aborted || watch.signal?.aborted) return session;
      // The first session works, so the run can go on with those that there are.
      watch.onProgress?.({
        stage: 'embed',
        level: 'warning',
        message: `Embedding in ${sessions.length} of ${processes} processes, since the others could not start: ${failures[0]}`,
      });
      return session;
    };
    return Array.from({ length: Math.max(0, left) }, openOne);
  };

  const stop = () => {
    opening.abort(
      new FailureError('the run was stopped while a session was opened', { code: 'ENGINE_UNAVAILABLE' }),
    );
    opening = new AbortController();
    for (const session of opened) session.kill();
    opened.clear();
    sessions = [];
    first = undefined;
  };

  return {
    provider: () => provider,
    threads: () => (isGraphics(provider) || threadCount === 0 ? undefined : threadCount),
    warm(watch) {
      if (sessions.length > 0 || first || !isAllGraphics) return;
      first = openFirst(processPlan(files.bytes, Infinity, options.threads).threads, watch);
      first.catch(() => {});
    },
    async run(texts, onBatch, watch) {
      if (texts.length === 0) return;
      const { signal } = watch;
      signal?.throwIfAborted();
      let abort = () => {};
      const aborted = new Promise<never>((_, reject) => {
        abort = () => {
          stop();
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', abort, { once: true });
      });
      aborted.catch(() => {});
      encoder ??= openEncoder(
        tokenizer,
        files.tokenizer,
        Math.min(MOST_TOKENIZERS, Math.max(1, cores() - 1)),
      );
      const threads = texts.length >= TEXTS_FOR_THREADS ? encoder : undefined;
      let isFast = isGraphics(provider) || isAllGraphics;
      // Tokenizing goes on while the sessions open.
      const most = files.tokenizer?.maxTokens ?? 0;
      const queue = openQueue(texts, encoder, isFast ? FAST_PACE : FIRST_PACE, most, () => {
        if (isGraphics(provider)) threads?.grow(1);
      });
      const worthwhile = Math.min(FIRST_TOKENIZERS, Math.floor(texts.length / TEXTS_FOR_THREADS));
      if (isFast) threads?.grow(worthwhile);
      const work = async () => {
        const { ready, more } = await start(texts, watch);
        signal?.throwIfAborted();
        if (isGraphics(provider) && !isFast) threads?.grow(worthwhile);
        isFast = isGraphics(provider);
        queue.pace(isFast ? FAST_PACE : SLOW_PACE);
        const inFlight = isFast ? IN_FLIGHT : 1;
        const loop: Loop = {
          queue,
          // A single text needs neither.
          budget: budget ?? new Budget([1]),
          mixing: mixing ?? 'single',
          share: shareOfWork(texts, (ready.length + more.length) * inFlight),
          onBatch,
        };
        const loops = (session: HostedSession) =>
          Promise.all(Array.from({ length: inFlight }, () => drain(session, loop)));
        const joining = more.map(async (further) => {
          const session = await further;
          if (session) await loops(session);
        });
        await Promise.all([...ready.map(loops), ...joining]);
      };
      try {
        await Promise.race([work(), aborted]);
      } catch (error) {
        // The other sessions would go on with batches that are no longer needed.
        stop();
        if (signal?.aborted) throw signal.reason;
        if (!(error instanceof MemoryFailure)) throw error;
        throw isGraphics(provider) && error.isSessionAlive
          ? new FailureError(
              `the memory of the ${provider} device does not hold one text of the longest (${reasonOf(error)}); use a smaller --max-tokens, --dtype fp16, or another --device`,
              { code: 'OUT_OF_MEMORY', option: 'device', cause: error },
            )
          : memoryRanOut(files.bytes);
      } finally {
        queue.stop();
        signal?.removeEventListener('abort', abort);
      }
    },
    async close() {
      if (first) {
        opening.abort();
        await first.catch(() => {});
        first = undefined;
      }
      const closing = [...opened];
      opened.clear();
      sessions = [];
      await encoder?.close();
      encoder = undefined;
      await Promise.all(closing.map((session) => session.close()));
    },
  };
}

/** Bytes of weights that WebAssembly holds: its memory ends at 4 GiB, and a batch needs some of it. */
const MOST_IN_WASM = 3.5e9;

/** Those that can hold the weights. */
function runtimesFor({ bytes, file }: EngineFiles, { native, wasm }: Runtimes): Runtimes {
  if (!wasm || bytes <= MOST_IN_WASM) return { native, wasm };
  if (native) return { native, wasm: false };
  throw new UserError(
    `${file}: ${sizeText(bytes)} of weights need the native ONNX Runtime, since WebAssembly holds at most ${sizeText(MOST_IN_WASM)}; ${HOW_TO_INSTALL}, or use a smaller --dtype`,
    { code: 'ENGINE_UNAVAILABLE', option: 'runtime', file },
  );
}

/** The most tokens of a batch that still leaves every session some eight of them, so that all end together. */
function shareOfWork(texts: Pending[], sessions: number): number {
  return Math.max(256, Math.ceil(countTokens(texts) / (sessions * 8)));
}
/** About how many tokens the texts have. */
const countTokens = (texts: Pending[]): number =>
  texts.reduce((sum, { text }) => sum + text.length, 0) / CHARACTERS_PER_TOKEN;

/** What the loops of a run have in common. */
interface Loop {
  queue: TokenQueue;
  budget: Budget;
  mixing: Mixing;
  /** The most tokens of a batch, so that all sessions end together. */
  share: number;
  onBatch: (batch: BatchDone) => Promise<void>;
}

/**
 * Takes batches from the queue and has them run. A batch is stored before the same loop takes the next, which takes a
 * thousandth of its time: so a killed run loses no more than the batches that each process was given.
 */
async function drain(session: HostedSession, { queue, budget, mixing, share, onBatch }: Loop): Promise<void> {
  for (;;) {
    const { candidate, tokens } = budget.next();
    const batch = await queue.next(Math.min(tokens, share), mixing);
    if (!batch) return;
    const packed = packBatch(batch.rows, batch.width);
    let result: Awaited<ReturnType<HostedSession['run']>>;
    try {
      result = await session.run(packed);
    } catch (error) {
      if (!(error instanceof MemoryFailure && error.isSessionAlive) || batch.rows.length === 1) throw error;
      // Half of it may fit. Rows are put back, and no later batch is larger.
      budget.limit((batch.rows.length * batch.width) / 2);
      queue.giveBack(batch.rows);
      continue;
    }
    const { vectors, lexical, milliseconds } = result;
    if (tokens <= share) budget.report(candidate, packed.ids.length, milliseconds);
    checkFinite(vectors, batch.rows);
    if (lexical) checkFiniteWeights(lexical, batch.rows);
    const rows = batch.rows.map(({ row }) => row);
    await onBatch({ rows, vectors, lexical, truncated: rows.map((row) => queue.isTruncated(row)) });
  }
}

function checkFinite(vectors: Float32Array, batch: Encoded[]): void {
  const bad = vectors.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1) throw notFinite(batch[Math.floor(bad / (vectors.length / batch.length))]);
}

function checkFiniteWeights({ starts, weights }: SparseRows, batch: Encoded[]): void {
  const bad = weights.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1) throw notFinite(batch[starts.findLastIndex((start) => start <= bad)]);
}

function notFinite({ row, text }: Encoded): TextFailure {
  return new TextFailure(
    row,
    `the model returned a number that is not finite for the text ${JSON.stringify(text.slice(0, 60))}; try another --dtype or --device`,
  );
}

/** Sessions of a run. */
interface Started {
  ready: HostedSession[];
  more: Promise<HostedSession | undefined>[];
}

interface Plan {
  processes: number;
  /** Of each process. */
  threads: number;
}

/**
 * How many processes with how many threads each. One-thread sessions side by side beat one session with many
 * threads, for a small model; a large one is opened once.
 */
function processPlan(bytes: number, rows: number, wanted?: number): Plan {
  const threads = wanted ?? cores();
  const fitting = Math.floor((freeMemory() * 0.5) / (bytes * 3 + 150e6));
  const worthwhile = Math.ceil(rows / ROWS_PER_PROCESS);
  const processes = bytes > SMALL_MODEL ? 1 : Math.max(1, Math.min(threads, fitting, worthwhile));
  return { processes, threads: Math.max(1, Math.floor(threads / processes)) };
}

function budgetsFor(provider: Provider | undefined, mixing: Mixing): number[] {
  if (mixing === 'single') return [1];
  // On an H200, 16,384 tokens are best for BGE-M3 and 65,536 are worse; a small model takes more.
  return isGraphics(provider) ? [4096, 8192, 16_384, 32_768] : [512, 1024, 2048];
}

/** Bytes of a graph and its weight files. */
export async function bytesOf(files: string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
