import { existsSync } from 'node:fs';
import { UserError } from '../errors.js';
import { resolveOptions } from '../options/resolve.js';
import { DEFAULT_COLLECTION, storeOptions } from '../options/store.js';
import type { Watch } from '../progress.js';
import { type Address, readAddress } from './address.js';
import { Connection, type Server } from './connection.js';
import { explain, whyAgain } from './failure.js';
import { type Lite, startLite } from './lite.js';
import type { StoreOptions, StoreSettings } from './options.js';
import { Store } from './store.js';

export interface OpenOptions {
  /** Refuse a folder of Milvus Lite that isn't there, in place of making it. For callers that only read. */
  mustExist?: boolean;
}

/** A connection to Milvus, and the Milvus Lite that was started for it. */
export interface Opened {
  address: Address;
  connection: Connection;
  server: Server;
  lite?: Lite;
  settings: StoreSettings;
}

/**
 * Opens Milvus: a folder or file (Milvus Lite is started, and stopped by `close`), a server, or Zilliz Cloud. Creates
 * nothing yet.
 *
 * @throws UserError or FailureError of one line; no message holds the token
 */
export async function openStore(
  given: StoreOptions,
  watch: Watch = {},
  options: OpenOptions = {},
): Promise<Store> {
  return connected(given, watch, options, async ({ settings, address, connection, server, lite }) => {
    const name = settings.collection ?? DEFAULT_COLLECTION;
    const store = new Store(settings, address, name, connection, server, lite);
    await store.find();
    return store;
  });
}

/** Connects; where `use` fails, everything is closed again. */
export async function connected<T>(
  given: StoreOptions,
  watch: Watch,
  { mustExist = false }: OpenOptions,
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  const settings = resolveOptions(storeOptions, { store: given });
  const address = readAddress(settings);
  if (mustExist && address.path && !existsSync(address.path)) {
    throw new UserError(
      `there is no folder ${address.name} of Milvus Lite; check the path, or write http://HOST:19530 for a server`,
      { code: 'STORE_MISSING', option: 'store.uri', file: address.path },
    );
  }
  let lite: Lite | undefined;
  let connection: Connection | undefined;
  try {
    if (address.path) lite = await startLite(address.path, address.name, watch.signal);
    connection = new Connection(address, lite?.url ?? address.url ?? '', {
      timeout: settings.timeout * 1000,
      retries: settings.retries,
      signal: watch.signal,
      isGone: lite?.hasEnded,
      onRetry: (error, attempt) =>
        watch.onProgress?.({
          stage: 'store',
          level: 'warning',
          message: `Milvus at ${address.name} ${whyAgain(error)}, attempt ${attempt + 1}`,
        }),
    });
    const server = await connection.connect();
    return await use({ address, connection, server, lite, settings });
  } catch (error) {
    await connection?.close();
    await lite?.stop();
    const collection = settings.collection ?? DEFAULT_COLLECTION;
    throw explain(error, { address, collection, isFirst: true });
  }
}
