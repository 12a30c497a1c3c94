/** Stages in the order in which they begin; the layout may still run while topics are described. */
export type Stage =
  | 'read'
  | 'download'
  | 'embed'
  | 'store'
  | 'neighbors'
  | 'tree'
  | 'layout'
  | 'topics'
  | 'write';

/** One report: a measure of work done, or a message worth a line, or both. */
export interface Progress {
  /** Which part of the work. */
  stage: Stage;
  /** Units done so far. */
  done?: number;
  /** Units in all, where known. */
  total?: number;
  /** What is counted: `rows`, `bytes`, `epochs`. */
  unit?: string;
  /**
   * Share of the work that is done, 0 to 1, where some units are more work than others; the time left follows from it.
   * Default: `done` of `total`.
   */
  share?: number;
  /** One line for the user: a choice made, a fallback taken, a finding. */
  message?: string;
  /**
   * `warning` for what may not be what the user wanted; `debug` for how the work is done, which the command line shows
   * with --debug only. Default `info`.
   */
  level?: 'debug' | 'info' | 'warning';
}

/** Called with every report. It must be quick: the work waits for it. */
export type OnProgress = (progress: Progress) => void;

/** What every long-running call accepts. */
export interface Watch {
  /** Called often; must be cheap. Default: nothing. */
  onProgress?: OnProgress;
  /** Stops the work within a second; the call rejects with the signal's reason. */
  signal?: AbortSignal;
}
