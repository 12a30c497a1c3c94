import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { type MilvusServer, startMilvus } from './milvus.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Port of this process that returns the address of a Milvus server, which it starts on the first request. */
    sharedMilvusPort: number;
  }
}

/**
 * One Milvus server for all test files that leave its settings and users alone and don't end it: each works in a
 * database of its own. A start costs four seconds of a core, so it is made only where a file asks for it.
 */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  let started: Promise<MilvusServer> | undefined;
  const broker = createServer((_, response) => {
    started ??= startMilvus();
    started.then(
      ({ uri }) => response.end(uri),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  provide('sharedMilvusPort', (broker.address() as AddressInfo).port);
  return async () => {
    broker.close();
    broker.closeAllConnections();
    await (await started?.catch(() => undefined))?.stop();
  };
}
