/**
 * Keeps a closed or failing standard stream from ending the work: after the first error nothing more is written there.
 *
 * A closed pipe (`denscape cluster news.csv 2>&1 | head -1`) is no failure. Any other error of the stream, such as a
 * full disk, is one: `onFailure` is then called with it.
 */
export function guardStream(
  stream: NodeJS.WriteStream,
  onFailure: (error: NodeJS.ErrnoException) => void,
): void {
  let isGone = false;
  const write = stream.write.bind(stream);
  stream.write = ((...args: Parameters<typeof write>) => {
    if (!isGone) return write(...args);
    // The callback is called all the same: a caller may wait for it.
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
