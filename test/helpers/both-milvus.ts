import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, vi } from 'vitest';
import { type MilvusServer, startLiteServer, startMilvus } from './milvus.js';

/** The SDK's client, quiet and without telemetry. */
export const openClient = (address: string): MilvusClient =>
  new MilvusClient({ address, telemetry: { enabled: false }, logLevel: 'error' });

/** A Milvus server and Milvus Lite for the tests of a file, each with a client, by the names `server` and `lite`. */
export function bothMilvus(): {
  servers: Record<string, MilvusServer>;
  clients: Record<string, MilvusClient>;
} {
  // Servers start and come back; a busy machine takes its time.
  vi.setConfig({ testTimeout: 300_000 });
  const servers: Record<string, MilvusServer> = {};
  const clients: Record<string, MilvusClient> = {};
  beforeAll(async () => {
    servers.server = await startMilvus();
    servers.lite = await startLiteServer();
    for (const [name, { uri }] of Object.entries(servers)) clients[name] = openClient(uri);
  });
  afterAll(async () => {
    for (const client of Object.values(clients)) await client.closeConnection();
    for (const server of Object.values(servers)) await server.stop();
  });
  return { servers, clients };
}
