const waiting = new Set<() => void>();

/**
 * Has `run` called when the process exits, however it comes to that (but for SIGKILL): so temporary files and child
 * processes don't outlive it. It must be synchronous. The function returned takes it back.
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
      // The others still have their turn.
    }
  }
}
