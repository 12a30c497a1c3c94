import type { InferenceSession } from 'onnxruntime-node';
import type { Ort } from './operands.js';

/** What a session multiplies: float32, or integers of 8 bits. */
type Kind = 'float' | 'bytes';

/** How long a session without use is kept, in milliseconds: opening and releasing one takes 5. */
const KEPT = 10_000;

interface Shared {
  session: Promise<InferenceSession>;
  /** Searches that have it. */
  users: number;
  release?: ReturnType<typeof setTimeout>;
}

/** Sessions of this process, by kind and threads. Runs of one session may follow each other in any order. */
const shared = new Map<string, Shared>();

/** Sessions for the products of one search, opened when they are first needed. */
export class ProductSessions {
  private readonly taken = new Map<Kind, Shared>();

  constructor(
    readonly ort: Ort,
    private readonly threads: number,
  ) {}

  open(kind: Kind): Promise<InferenceSession> {
    const known = this.taken.get(kind);
    if (known) return known.session;
    const name = `${kind} ${this.threads}`;
    let found = shared.get(name);
    if (!found) {
      found = { session: this.create(kind), users: 0 };
      shared.set(name, found);
      // The error goes to the caller; the next search tries again.
      found.session.catch(() => shared.delete(name));
    }
    clearTimeout(found.release);
    found.users++;
    this.taken.set(kind, found);
    return found.session;
  }

  close(): void {
    for (const [kind, found] of this.taken) {
      found.users--;
      if (found.users > 0) continue;
      found.release = setTimeout(() => {
        shared.delete(`${kind} ${this.threads}`);
        found.session.then(
          (open) => open.release(),
          // One that didn't open has nothing to release.
          () => undefined,
        );
      }, KEPT);
      // A session alone doesn't keep the process alive.
      found.release.unref();
    }
    this.taken.clear();
  }

  private async create(kind: Kind): Promise<InferenceSession> {
    // Modules that write graphs need Node's Buffer, which a page lacks.
    const { byteGraph, scoreGraph } = await import('./onnx-graph.js');
    return this.ort.InferenceSession.create(kind === 'bytes' ? byteGraph() : scoreGraph(), {
      executionProviders: ['cpu'],
      intraOpNumThreads: this.threads,
      logSeverityLevel: 3,
      // Spinning after a run would take cores from the threads that select.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
  }
}
