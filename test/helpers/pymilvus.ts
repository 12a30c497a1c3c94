import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { litePython } from './milvus.js';

export type StoredRow = Record<string, unknown>;

/** Another client's reads: pymilvus in a process of its own, started with the first of them. */
export class PyMilvus {
  #child: ChildProcess | undefined;
  #answers: AsyncIterator<string> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** All rows with all of their fields, ordered by the primary key; vectors of floats as base64 of their bytes. */
  read(uri: string, collection: string): Promise<StoredRow[]> {
    const reading = this.#last.then(() => this.#ask({ uri, collection }));
    this.#last = reading.catch(() => {});
    return reading;
  }

  async #ask(wanted: { uri: string; collection: string }): Promise<StoredRow[]> {
    if (!this.#child || !this.#answers) {
      const script = fileURLToPath(new URL('../store/read_collections.py', import.meta.url));
      const child = spawn(await litePython(), [script], { stdio: ['pipe', 'pipe', 'inherit'] });
      this.#child = child;
      this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    }
    this.#child.stdin?.write(`${JSON.stringify(wanted)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('pymilvus ended');
    const { rows, error } = JSON.parse(value) as { rows?: StoredRow[]; error?: string };
    if (!rows) throw new Error(`pymilvus: ${error}`);
    return rows;
  }

  /** Ends the process, and with it what it holds open. */
  async close(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.stdin?.end();
    await ended;
  }
}

/** Numbers as {@link PyMilvus} gives those of a vector. */
export const asBase64 = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');
