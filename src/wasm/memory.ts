/** Larger memories are not kept for reuse; bytes. */
export const MOST_KEPT = 256 * 2 ** 20;
/** How long an unused memory is kept, in milliseconds. */
const KEPT = 10_000;

/** The most pages a memory may have: 4 GiB. */
export const MOST_PAGES = 65_536;

interface Spare {
  memory: WebAssembly.Memory;
  isShared: boolean;
  maximum: number;
  timer: ReturnType<typeof setTimeout>;
}

const spares: Spare[] = [];

/** Where modules keep their static data, which begins as zeros: the first page is plenty. */
const STATIC = 65_536;

/**
 * A memory, zeros where modules expect them and anything elsewhere. One that was given back is taken first: the system
 * hands out pages one by one, which takes long, and a fresh memory for every call keeps the garbage collector busy.
 */
export function takeMemory(isShared: boolean, maximum = MOST_PAGES): WebAssembly.Memory {
  const at = spares.findIndex((spare) => spare.isShared === isShared && spare.maximum === maximum);
  if (at < 0) return new WebAssembly.Memory({ initial: 1, maximum, shared: isShared });
  const [{ memory, timer }] = spares.splice(at, 1);
  clearTimeout(timer);
  return memory;
}

/** Returns a memory for reuse. The caller must hold no view of it any more. */
export function giveMemory(memory: WebAssembly.Memory, isShared: boolean, maximum = MOST_PAGES): void {
  if (memory.buffer.byteLength > MOST_KEPT) return;
  new Uint8Array(memory.buffer, 0, STATIC).fill(0);
  const timer = setTimeout(() => {
    spares.splice(
      spares.findIndex((spare) => spare.memory === memory),
      1,
    );
  }, KEPT);
  // In Node a timer is an object.
  if (typeof timer === 'object') timer.unref();
  spares.push({ memory, isShared, maximum, timer });
}
