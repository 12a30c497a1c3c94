const waiting = new Set<() => void>();

/**
 * Calls `run` when the process exits for any reason but SIGKILL, to delete temporary files and end child processes.
 * `run` must be synchronous.
 *
 * @returns a function that cancels the call
 */
export function atExit(run: () => void): () => void {
  if (waiting.size === 0) process.on('exit', runAll);
  waiting.add(run);
  return () => {
    waiting.delete(run);
    if (waiting.size === 0) process.off('exit', runAll);
  };
}

function runAll(): void {
  for (const run of waiting) {
    try {
      run();
    } catch {
      // The other functions are called all the same.
    }
  }
}
