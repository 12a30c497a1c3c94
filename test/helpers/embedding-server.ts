import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { smallVector } from './small-run.js';

export interface EmbeddingServer {
  /** For `--base-url`. */
  url: string;
  /** From now on requests get no response. */
  hang(): void;
  /** Resolves at the next request. */
  requested(): Promise<void>;
  close(): void;
}

/** An OpenAI-compatible endpoint for `--model openai:…`, so that the command line runs without loading a model. */
export async function startEmbeddingServer(): Promise<EmbeddingServer> {
  let isHanging = false;
  let onAsked = () => {};
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    onAsked();
    if (isHanging) return;
    const { input } = JSON.parse(body) as { input: string[] };
    const data = input.map((text, index) => ({ index, embedding: smallVector(text) }));
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    hang() {
      isHanging = true;
    },
    requested: () =>
      new Promise((resolve) => {
        onAsked = resolve;
      }),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
