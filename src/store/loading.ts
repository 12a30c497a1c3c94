import { FailureError, UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Connection } from './connection.js';
import { isForbidden, isUnimplemented } from './failure.js';

type LoadState = 'LoadStateLoaded' | 'LoadStateLoading' | 'LoadStateNotLoad' | 'LoadStateNotExist';

/** What is loaded: a collection, or some partitions of it. */
interface Part {
  name: string;
  partitions?: readonly string[];
}

/** Names of a collection's partitions; none where the server has no partitions. */
export async function partitionNames(connection: Connection, name: string): Promise<string[]> {
  try {
    const request = { collection_name: name };
    return (await connection.call<{ partition_names: string[] }>('ShowPartitions', request)).partition_names;
  } catch (error) {
    if (isUnimplemented(error)) return [];
    throw error;
  }
}

/**
 * Loads a collection, or the partitions named, into the server's memory: without that its rows can't be read or
 * searched, and of a collection that is loaded in part only those partitions' rows are.
 *
 * @throws UserError for a partition that there isn't
 */
export async function loadWhole(connection: Connection, part: Part, watch: Watch): Promise<void> {
  const { name, partitions } = part;
  const all = await partitionNames(connection, name).catch((error: unknown): string[] => {
    // A user who may read but not list: nothing is known about partitions.
    if (partitions === undefined && isForbidden(error)) return [];
    throw error;
  });
  const unknown = partitions?.find((partition) => !all.includes(partition));
  if (unknown !== undefined) {
    throw new UserError(`collection ${name} has no partition ${unknown}; its partitions: ${all.join(', ')}`, {
      code: 'STORE_MISSING',
      option: 'store.partition',
    });
  }
  if ((await loadState(connection, { name })) !== 'LoadStateLoaded') return load(connection, part);
  const wanted = partitions ?? all;
  if (all.length < 2) return;
  const absent: string[] = [];
  for (const partition of wanted) {
    const state = await loadState(connection, { name, partitions: [partition] });
    if (state !== 'LoadStateLoaded') absent.push(partition);
  }
  if (absent.length === 0) return;
  watch.onProgress?.({
    stage: 'store',
    level: 'warning',
    message: `collection ${name} was loaded without its ${absent.length === 1 ? 'partition' : 'partitions'} ${absent.slice(0, 20).join(', ')}; loaded now`,
  });
  await load(connection, { name, partitions: absent });
}

async function loadState(connection: Connection, { name, partitions }: Part): Promise<LoadState> {
  try {
    const response = await connection.call<{ state: LoadState }>('GetLoadState', {
      collection_name: name,
      ...(partitions && { partition_names: partitions }),
    });
    return response.state;
  } catch (error) {
    // Servers older than 2.2 lack this request; loading twice does no harm.
    if (isUnimplemented(error)) return 'LoadStateNotLoad';
    // The user may read but not query the load state; a read fails if the collection is not loaded.
    if (isForbidden(error)) return 'LoadStateLoaded';
    throw error;
  }
}

async function load(connection: Connection, part: Part): Promise<void> {
  const { name, partitions } = part;
  const deadline = Date.now() + 10 * 60_000;
  const request = { collection_name: name, replica_number: 1 };
  if (partitions) {
    const some = { ...request, partition_names: partitions };
    await connection.call('LoadPartitions', some, { timeout: 120_000 });
  } else await connection.call('LoadCollection', request, { timeout: 120_000 });
  for (let pause = 50; ; pause = Math.min(pause * 2, 1000)) {
    if ((await loadState(connection, part)) === 'LoadStateLoaded') return;
    if (Date.now() > deadline) {
      throw new FailureError(
        `collection ${name} was still not loaded after 10 minutes; see the server's log`,
        { code: 'STORE_FAILED' },
      );
    }
    await connection.wait(pause);
  }
}
