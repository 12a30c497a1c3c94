import { STOP_SIGNALS, Stopped, type StopSignal, signalCode } from './exit.js';

/** Milliseconds that an aborted run has to end by itself before the process exits. */
const GRACE = 700;

/**
 * An AbortSignal that SIGINT, SIGTERM and SIGHUP abort, with a `Stopped` as its reason. The process exits if the
 * run hasn't ended after `GRACE` milliseconds, or at a second signal. Either way the exit handlers run, which delete
 * temporary files and end child processes.
 */
export function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  const stop = (signal: StopSignal) => {
    if (controller.signal.aborted) process.exit(signalCode(signal));
    process.exitCode = signalCode(signal);
    controller.abort(new Stopped(signal));
    setTimeout(() => {
      process.stderr.write('stopped\n');
      process.exit(signalCode(signal));
    }, GRACE).unref();
  };
  for (const signal of STOP_SIGNALS) process.on(signal, () => stop(signal));
  return controller.signal;
}
