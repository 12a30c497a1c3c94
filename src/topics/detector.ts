import type { Worker } from 'node:worker_threads';
import { startModule } from '../node-thread.js';
import { cores } from '../wasm/thread.js';
import { DETECTED, detectAllLanguages, detectLanguages, loadLanguages } from './language.js';

/** What to detect: the languages of each of some groups of texts, or of all texts together. */
export type Question = { groups: string[][]; usual?: string } | { texts: string[] };

/** Detects languages, see `detectLanguages` and `detectAllLanguages`. */
export interface Detector {
  /** Of each group of texts. */
  ofGroups(groups: string[][], usual?: string): Promise<string[][]>;
  /** @param texts a sample of all */
  ofAll(texts: string[]): Promise<string[]>;
}

/** Detects the languages in the calling thread; one list of languages a group, or one for all texts. */
export async function answer(question: Question): Promise<string[][]> {
  await loadLanguages();
  if ('texts' in question) return [detectAllLanguages(question.texts)];
  return question.groups.map((texts) => detectLanguages(texts, question.usual));
}

/** Detects languages in this thread. */
export const detectHere: Detector = {
  ofGroups: (groups, usual) => answer({ groups, usual }),
  ofAll: async (texts) => (await answer({ texts }))[0],
};

/** Texts from which a thread is worth its start. */
const WORTH_A_THREAD = 1000;

/** Detects languages in a thread of its own, which loads the detector's data while this one does something else. */
export interface DetectorThread extends Detector {
  /** Ends the thread. Languages asked for later are detected in the calling thread. */
  stop(): Promise<unknown>;
}

/** A detector for so many texts: of few, or where one thread is allowed, it has no thread. */
export function startDetector(texts: number, threads = cores()): DetectorThread {
  if (threads === 1 || texts < WORTH_A_THREAD) return { ...detectHere, stop: async () => {} };
  return new OtherThread(startModule(import.meta.url, 'detector-thread'));
}

class OtherThread implements DetectorThread {
  #isEnded = false;
  /** A callback for each open question, in their order: gets the languages found, or nothing where the thread has ended. */
  #waiting: ((answer?: string[][]) => void)[] = [];

  constructor(readonly worker: Worker) {
    // It keeps the process alive only while an answer is awaited.
    worker.unref();
    worker.on('message', (found: string[][]) => {
      this.#waiting.shift()?.(found);
      if (this.#waiting.length === 0) worker.unref();
    });
    const end = () => {
      this.#isEnded = true;
      for (const resolve of this.#waiting.splice(0)) resolve();
    };
    worker.once('error', end);
    worker.once('exit', end);
  }

  ofGroups(groups: string[][], usual?: string): Promise<string[][]> {
    return this.#ask({ groups: groups.map(beginnings), usual });
  }

  async ofAll(texts: string[]): Promise<string[]> {
    return (await this.#ask({ texts: beginnings(texts) }))[0];
  }

  stop(): Promise<unknown> {
    this.#isEnded = true;
    return this.worker.terminate();
  }

  async #ask(question: Question): Promise<string[][]> {
    if (this.#isEnded) return answer(question);
    const found = await new Promise<string[][] | undefined>((resolve) => {
      this.#waiting.push(resolve);
      this.worker.ref();
      this.worker.postMessage(question);
    });
    return found ?? answer(question);
  }
}

const beginnings = (texts: string[]): string[] => texts.map((text) => text.slice(0, DETECTED));
