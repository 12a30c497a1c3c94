/**
 * Keeps a closed or failing standard stream from ending the work: after the first error nothing more is written there.
 *
 * Whoever reads a pipe may leave early (`denscape cluster news.csv 2>&1 | head -1`); that is no failure. A full disk
 * behind standard output is one, since what was asked for isn't there: `onFailure` is then called with the error.
 */
export function guardStream(
  stream: NodeJS.WriteStream,
  onFailure: (error: NodeJS.ErrnoException) => void,
): void {
  let isGone = false;
  const write = stream.write.bind(stream);
  stream.write = ((...args: Parameters<typeof write>) => {
    if (!isGone) return write(...args);
    // A caller that waits for its text to be taken must not wait for ever.
    const done = args.find((arg) => typeof arg === 'function') as (() => void) | undefined;
    if (done) queueMicrotask(done);
    return true;
  }) as typeof stream.write;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    const isFirst = !isGone;
    isGone = true;
    if (isFirst && !READER_LEFT.has(error.code ?? '')) onFailure(error);
  });
}

/** A closed pipe, a closed terminal, a stream that was closed after either. */
const READER_LEFT = new Set([
  'EPIPE',
  'ECONNRESET',
  'EIO',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);
