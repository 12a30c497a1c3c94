import type { InferenceSession } from 'onnxruntime-node';
import type { Operands, Ort } from './operands.js';

/**
 * Sessions of this thread, for one thread each, kept as long as it lives: opening and releasing one takes 5 ms, and it holds next to no
 * memory.
 */
const sessions = new Map<Operands['kind'], Promise<InferenceSession>>();

/** The session that multiplies float32, or integers of 8 bits, in this thread. */
export function openSession(ort: Ort, kind: Operands['kind']): Promise<InferenceSession> {
  const known = sessions.get(kind) ?? create(ort, kind);
  sessions.set(kind, known);
  // The error goes to the caller; the next search tries again.
  known.catch(() => sessions.delete(kind));
  return known;
}

async function create(ort: Ort, kind: Operands['kind']): Promise<InferenceSession> {
  // Modules that write graphs need Node's Buffer, which a page lacks.
  const { byteGraph, scoreGraph } = await import('./onnx-graph.js');
  return ort.InferenceSession.create(kind === 'bytes' ? byteGraph() : scoreGraph(), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
    // Without it a session keeps the most memory that it has needed.
    enableCpuMemArena: false,
  });
}
