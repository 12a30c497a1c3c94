import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../files/replace.js';
import type { ChatRequest, ChatSettings } from './chat.js';

/**
 * Responses of a language model by their request, a file each. Written as they come, so that a run that was killed
 * goes on where it stopped.
 */
export class ResponseCache {
  /**
   * @param folder undefined for no cache
   * @param kind name of the folder inside
   */
  constructor(
    readonly folder: string | undefined,
    readonly kind: string,
    readonly settings: Pick<ChatSettings, 'baseUrl' | 'model'>,
  ) {}

  /** The value that was kept, of whatever type; undefined where there is none or its file is damaged. */
  async get(request: ChatRequest): Promise<unknown> {
    const file = this.#file(request);
    if (file === undefined) return undefined;
    try {
      return JSON.parse(await readFile(file, 'utf8'));
    } catch {
      return undefined;
    }
  }

  /** A full disk is no failure: it costs a call later. */
  async set(request: ChatRequest, value: object): Promise<void> {
    const file = this.#file(request);
    if (file !== undefined) await writeWhole(file, [JSON.stringify(value)]).catch(() => {});
  }

  #file({ instructions, prompt }: ChatRequest): string | undefined {
    if (this.folder === undefined) return undefined;
    const { baseUrl, model } = this.settings;
    const key = createHash('sha256').update([baseUrl, model, instructions, prompt].join('\0')).digest('hex');
    return join(this.folder, this.kind, `${key.slice(0, 32)}.json`);
  }
}
