/*
 * A thread that tokenizes for `tokenizer-threads.ts`: a graphics card reads texts faster than one thread can cut them.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../errors.js';
import { packBatch } from './batches.js';
import { readTokenizerFiles } from './description.js';
import { openTokenizer, type TextTokenizer } from './tokenizer.js';
import type { EncodeReply, EncodeRequest, TokenizerSource } from './tokenizer-threads.js';

const { folder, name, maxTokens } = workerData as TokenizerSource;

const send = (reply: EncodeReply, moved: ArrayBufferLike[] = []) =>
  // Fresh arrays, whose memory is not shared.
  parentPort?.postMessage(reply, moved as ArrayBuffer[]);

const fail = (error: unknown) =>
  send({
    kind: 'failed',
    isUser: error instanceof UserError,
    message: error instanceof Error ? error.message : String(error),
  });

async function openFiles(): Promise<TextTokenizer> {
  const { tokenizer, tokenizerConfig } = await readTokenizerFiles(folder, name);
  return openTokenizer(tokenizer, tokenizerConfig, maxTokens, `model "${name}": tokenizer.json`);
}

const opening = openFiles();
opening.then(() => send({ kind: 'ready' }), fail);

parentPort?.on('message', async ({ texts }: EncodeRequest) => {
  try {
    const tokenizer = await opening;
    const rows = texts.map((text) => tokenizer.encode(text));
    const { ids, lengths } = packBatch(rows);
    const truncated = Uint8Array.from(rows, ({ isTruncated }) => (isTruncated ? 1 : 0));
    send({ kind: 'encoded', ids, lengths, truncated }, [ids.buffer, lengths.buffer, truncated.buffer]);
  } catch (error) {
    fail(error);
  }
});
