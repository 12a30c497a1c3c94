import type { Hdbscan } from '../hdbscan/index.js';
import { startModule } from '../node-thread.js';
import type { Watch } from '../progress.js';
import type { FitMeasures } from '../statistics/quality.js';
import { needsGraph } from '../statistics/stability.js';
import { cores } from '../wasm/thread.js';

/** Rows from which a thread is worth its start, some hundredths of a second, and up to which its copy of the fit is small. */
const WORTH_A_THREAD = [1000, 100_000];

/** Measures that another thread takes. */
interface Measures {
  /** Undefined where there is no such thread, or it failed or was aborted: they are then left to the one that needs them. */
  result: Promise<FitMeasures | undefined>;
  /** Ends the thread where it still runs. */
  stop(): Promise<unknown>;
}

/** Measures a fit while this thread does something else, where more than one may be used. Its progress isn't shown. */
export function measuresBeforehand(
  fit: Hdbscan,
  { threads = cores(), signal }: { threads?: number } & Pick<Watch, 'signal'>,
): Measures {
  const rows = fit.labels.length;
  const isWorth = rows >= WORTH_A_THREAD[0] && rows <= WORTH_A_THREAD[1];
  // A thread would need a copy of the neighbours as well.
  if (threads === 1 || !isWorth || needsGraph(fit))
    return { result: Promise.resolve(undefined), stop: async () => {} };
  const worker = startModule(import.meta.url, 'measures-thread', fit);
  const result = new Promise<FitMeasures | undefined>((resolve) => {
    worker.once('message', resolve);
    worker.once('error', () => resolve(undefined));
    worker.once('exit', () => resolve(undefined));
    signal?.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  return { result, stop: () => worker.terminate() };
}
