import type { ChildProcess } from 'node:child_process';
import { resolve as absolute } from 'node:path';
import { FailureError, UserError } from '../errors.js';
import { atExit } from '../files/at-exit.js';
import { forkModule } from '../programs.js';
import { isOutOfMemory } from '../runtime/out-of-memory.js';
import { MemoryFailure } from './memory.js';
import type { BatchVectors, SessionSpec, TokenBatch } from './session.js';

export type SessionRequest =
  | { kind: 'open'; spec: SessionSpec }
  | { kind: 'run'; batch: TokenBatch }
  | { kind: 'close' };

export type SessionReply =
  | { kind: 'opened'; share: number }
  | ({ kind: 'ran'; milliseconds: number } & BatchVectors)
  | { kind: 'failed'; name: string; message: string };

/** A session in a process of its own. Batches are run one after the other; several may wait for their turn. */
export interface HostedSession {
  /** See `TextSession.share`. */
  share: number;
  run(batch: TokenBatch): Promise<BatchVectors & { milliseconds: number }>;
  /** Releases the session and waits for the process to end. Safe twice. */
  close(): Promise<void>;
  /** Ends the process at once, in the middle of a batch if need be. */
  kill(): void;
}

/** Its warnings would mix with the user's output; results and errors come back as messages. */
const startProcess = (): ChildProcess =>
  forkModule('./session-process', import.meta.url, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });

/** ONNX Runtime says which shared library is missing on its error stream only. */
function missingLibrary(errors: string): string {
  const found = /([\w.+-]+\.so[\w.]*): cannot open shared object file/.exec(errors)?.[1];
  return found ? ` (missing: ${found})` : '';
}

/** Starts a process and opens the session in it; an abort ends it while it loads. */
export async function hostSession(spec: SessionSpec, signal?: AbortSignal): Promise<HostedSession> {
  signal?.throwIfAborted();
  const child = startProcess();
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = `${lastWords}${text}`.slice(-2000);
  });
  const kill = () => void child.kill('SIGKILL');
  const forget = atExit(kill);
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      forget();
      resolve();
    };
    child.once('exit', end);
    // A process that never started ends with this alone; one that runs may also fail to take a message or a signal.
    child.on('error', () => {
      if (child.pid === undefined) end();
    });
  });

  /** Requests without a reply, in their order; the process handles them one after the other. */
  let waiting: { resolve: (reply: SessionReply) => void; reject: (error: Error) => void }[] = [];
  const failAll = (error: Error) => {
    const failed = waiting;
    waiting = [];
    for (const { reject } of failed) reject(error);
  };
  child.on('message', (reply: SessionReply) => {
    const first = waiting.shift();
    if (!first) return;
    if (reply.kind !== 'failed') first.resolve(reply);
    else if (reply.name === 'UserError')
      first.reject(new UserError(reply.message, { code: 'MODEL_INVALID' }));
    else if (isOutOfMemory(reply.message)) {
      const failure = new MemoryFailure(reply.message.trim(), { code: 'OUT_OF_MEMORY' });
      failure.isSessionAlive = true;
      first.reject(failure);
    } else
      first.reject(
        new FailureError(`${reply.message.trim()}${missingLibrary(lastWords)}`, {
          code: 'ENGINE_UNAVAILABLE',
        }),
      );
  });
  const onExit = (code: number | null, signal: string | null) => {
    const said = lastWords.trim().split('\n').at(-1) ?? '';
    const message = `the ${spec.provider} session ended with ${signal ?? `code ${code}`} ${said}`.trim();
    failAll(
      signal === 'SIGKILL' || isOutOfMemory(lastWords)
        ? new MemoryFailure(message, { code: 'OUT_OF_MEMORY' })
        : new FailureError(message, { code: 'ENGINE_UNAVAILABLE' }),
    );
  };
  const onError = (error: Error) =>
    failAll(
      new FailureError(`the ${spec.provider} session could not start: ${error.message}`, {
        code: 'ENGINE_UNAVAILABLE',
        cause: error,
      }),
    );
  child.once('exit', onExit);
  child.on('error', onError);

  const request = (message: SessionRequest): Promise<SessionReply> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      if (child.pid === undefined) return; // 'error' comes and says why
      if (child.connected) child.send(message, (error) => error && onError(error));
      else onExit(child.exitCode, child.signalCode);
    });

  let opened: SessionReply;
  signal?.addEventListener('abort', kill, { once: true });
  try {
    opened = await request({ kind: 'open', spec: { ...spec, file: absolute(spec.file) } });
  } catch (error) {
    kill();
    await ended;
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', kill);
  }
  return {
    share: opened.kind === 'opened' ? opened.share : 0,
    async run(batch) {
      const reply = await request({ kind: 'run', batch });
      if (reply.kind !== 'ran')
        throw new FailureError(`the session replied ${reply.kind} to a batch`, {
          code: 'ENGINE_UNAVAILABLE',
        });
      return reply;
    },
    async close() {
      // A message can't reach one that has ended meanwhile.
      if (child.connected) child.send({ kind: 'close' } satisfies SessionRequest, () => {});
      // Releasing takes milliseconds; a process that hangs in a driver is not waited for.
      const timer = setTimeout(kill, 5_000);
      await ended;
      clearTimeout(timer);
    },
    kill,
  };
}
