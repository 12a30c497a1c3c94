/*
 * The process that holds one inference session. ONNX Runtime's calls block the thread that makes them, several of
 * its sessions on several worker threads have aborted V8, and a provider may take the process down with it: so
 * each session has a process of its own, which can also be stopped in the middle of a batch.
 */

// The first import: it leaves the user's folder before the runtime and its drivers are loaded.
import '../leave-folder.js';
import { openSession, type TextSession } from './session.js';
import type { SessionReply, SessionRequest } from './session-host.js';

let session: TextSession | undefined;

/**
 * Resolves once the reply has left this process: a batch that ran next would block its thread, and with it the rest of
 * a long reply.
 */
const send = (reply: SessionReply) =>
  new Promise<void>((resolve) => {
    if (process.send) process.send(reply, () => resolve());
    else resolve();
  });

async function handle(request: SessionRequest): Promise<void> {
  try {
    if (request.kind === 'open') {
      session = await openSession(request.spec);
      await send({ kind: 'opened', share: session.share });
    } else if (request.kind === 'run') {
      if (!session) throw new Error('no session is open');
      const start = performance.now();
      const made = await session.run(request.batch);
      await send({ kind: 'ran', ...made, milliseconds: performance.now() - start });
    } else {
      await session?.release();
      process.exit(0);
    }
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
    await send({ kind: 'failed', name, message });
  }
}

// One after the other, in their order: while one runs the next waits here, so the device has work at once.
let last = Promise.resolve();
process.on('message', (request: SessionRequest) => {
  last = last.then(() => handle(request));
});
// The parent has ended, in whatever way: no message can reach it.
process.on('disconnect', () => {
  const released = session ? session.release() : Promise.resolve();
  void released.finally(() => process.exit(0));
});
// Ctrl+C reaches the whole group; the parent decides what it means.
process.on('SIGINT', () => {});
