import { onTestFinished, vi } from 'vitest';

/**
 * A controller that aborts at the first pause of the loop that gets its signal, however fast the machine is: on its clock a second passes
 * between two looks, so that every pause of `breathe` waits for a turn of the event loop, and the first turn aborts.
 */
export function abortedAtFirstPause(reason: Error): AbortController {
  let now = performance.now();
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 1000;
    return now;
  });
  onTestFinished(() => clock.mockRestore());
  const controller = new AbortController();
  setImmediate(() => controller.abort(reason));
  return controller;
}
