import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, inject, vi } from 'vitest';
import { type MilvusServer, startLiteServer } from './milvus.js';

/** The SDK's client of `http://host:port` or `http://host:port/database`, quiet and without telemetry. */
export const openClient = (uri: string): MilvusClient => {
  const { origin, pathname } = new URL(uri);
  const database = pathname.slice(1) || undefined;
  return new MilvusClient({
    address: origin,
    database,
    timeout: 300_000, // its own 15 s are too few for a busy machine
    telemetry: { enabled: false },
    logLevel: 'error',
  });
};

/**
 * A Milvus server and Milvus Lite for the tests of a file, each with a client, by the names `server` and `lite`. The
 * server is that of all files; its address names a database that only this file uses.
 */
export function bothMilvus(): {
  servers: Record<string, Pick<MilvusServer, 'uri'>>;
  clients: Record<string, MilvusClient>;
} {
  // Servers start and come back; a busy machine takes its time.
  vi.setConfig({ testTimeout: 300_000 });
  const servers: Record<string, Pick<MilvusServer, 'uri'>> = {};
  const clients: Record<string, MilvusClient> = {};
  let lite: MilvusServer | undefined;
  beforeAll(async () => {
    const [shared, own] = await Promise.all([sharedServer(), startLiteServer()]);
    lite = own;
    servers.server = { uri: `${shared}/${await ownDatabase(shared)}` };
    servers.lite = own;
    for (const [name, { uri }] of Object.entries(servers)) clients[name] = openClient(uri);
  });
  afterAll(async () => {
    // Collections that stay loaded would go on costing the server time.
    if (clients.server) await dropDatabase(clients.server);
    for (const client of Object.values(clients)) await client.closeConnection();
    await lite?.stop();
  });
  return { servers, clients };
}

async function sharedServer(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${inject('sharedMilvusPort')}/`);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

async function ownDatabase(uri: string): Promise<string> {
  const client = openClient(uri);
  const db_name = `file_${process.pid}_${Date.now()}`;
  try {
    await client.createDatabase({ db_name });
  } finally {
    await client.closeConnection();
  }
  return db_name;
}

async function dropDatabase(client: MilvusClient): Promise<void> {
  const { data } = await client.listCollections();
  await Promise.all(
    data.map(async ({ name: collection_name }) => {
      const { aliases } = await client.listAliases({ collection_name });
      for (const alias of aliases) await client.dropAlias({ alias });
      await client.dropCollection({ collection_name });
    }),
  );
}

/**
 * Tests for both kinds of Milvus. Those of the server run at once, since it answers most requests on a clock: loading
 * a collection takes it three seconds, of which it works a tenth. Milvus Lite takes one writer at a time.
 */
export function describeBoth(name: string, tests: (kind: 'server' | 'lite') => void): void {
  describe.concurrent(`${name} on a server`, () => tests('server'));
  describe(`${name} on a Milvus Lite`, () => tests('lite'));
}
