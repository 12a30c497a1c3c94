import neighbors from '../../build/wasm/neighbors.js';
import { compile } from '../../src/wasm/kernel.js';
import { giveBack, takeThread } from '../../src/wasm/thread.js';

/** Sees to it that the pools of the next seconds have so many threads from their first chunk on, this one included. */
export async function warmThreads(count: number): Promise<void> {
  const module = await compile(neighbors, true);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true });
  const control = new Int32Array(new SharedArrayBuffer(4));
  const helpers = Array.from({ length: count - 1 }, takeThread);
  await Promise.all(helpers.map((helper, at) => helper.send({ module, memory, control, thread: at + 1 })));
  for (const helper of helpers) giveBack(helper);
}
