const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

/** Lets the page draw and take input. A timer would wait 4 ms or more each time. */
const turn = () =>
  new Promise<void>((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });

/** Lets the page draw what has changed. A page in the background draws, and goes on, once it is looked at. */
export const drawn = () =>
  new Promise<void>((resolve) => {
    requestAnimationFrame(() => void turn().then(resolve));
  });

/** Milliseconds after which long work lets the page draw. */
const SLICE = 24;

/** Lets the page draw whenever a slice of work is over. */
export class Slices {
  #start = performance.now();

  async pause(): Promise<void> {
    if (performance.now() - this.#start < SLICE) return;
    await turn();
    this.#start = performance.now();
  }
}
