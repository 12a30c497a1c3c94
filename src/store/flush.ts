import { FailureError } from '../errors.js';
import type { Connection } from './connection.js';
import { isUnimplemented } from './failure.js';

/** What a Flush request returns: per collection the segments that it sealed, and the time up to which they go. */
interface Flushed {
  coll_segIDs?: Record<string, { data?: string[] }>;
  flush_coll_segIDs?: Record<string, { data?: string[] }>;
  coll_flush_ts?: Record<string, string>;
}

/** How long the server may take to write a collection to its disk, in milliseconds. */
const DEADLINE = 10 * 60_000;

/**
 * Has the server write what it holds of a collection to its disk, and waits until it has. Until then the rows live in
 * its memory and its log only: they are searched and read, but not counted by `num_entities`, and a server that is
 * killed may lose them.
 *
 * @throws FailureError when the server needs more than ten minutes.
 */
export async function flushCollection(connection: Connection, name: string): Promise<void> {
  const flushed = await connection.call<Flushed>(
    'Flush',
    { collection_names: [name] },
    { timeout: DEADLINE },
  );
  const segmentIDs = [
    ...(flushed.coll_segIDs?.[name]?.data ?? []),
    ...(flushed.flush_coll_segIDs?.[name]?.data ?? []),
  ];
  const request = { segmentIDs, flush_ts: flushed.coll_flush_ts?.[name] ?? '0', collection_name: name };
  const deadline = Date.now() + DEADLINE;
  for (let pause = 50; ; pause = Math.min(pause * 2, 1000)) {
    if (await isFlushed(connection, request)) return;
    if (Date.now() > deadline) {
      throw new FailureError(
        `collection ${name}: the server had not written all rows to its disk after 10 minutes; see its log, then run the command again, which writes only what is missing`,
        { code: 'STORE_FAILED' },
      );
    }
    await connection.wait(pause);
  }
}

async function isFlushed(connection: Connection, request: object): Promise<boolean> {
  try {
    return (await connection.call<{ flushed: boolean }>('GetFlushState', request)).flushed;
  } catch (error) {
    // Milvus Lite has written everything when Flush returns, and has no request for the flush state.
    if (isUnimplemented(error)) return true;
    throw error;
  }
}
