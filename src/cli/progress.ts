import { clearLine, cursorTo } from 'node:readline';
import { styleText } from 'node:util';
import cliProgress from 'cli-progress';
import { grouped } from '../counted.js';
import type { OnProgress, Progress, Stage } from '../progress.js';
import { safeLine } from './terminal.js';

/** Label of a stage in the progress display. */
const DOING: Record<Stage, string> = {
  read: 'reading',
  download: 'downloading',
  embed: 'embedding',
  store: 'storing',
  neighbors: 'neighbours',
  tree: 'tree',
  layout: 'layout',
  topics: 'topics',
  write: 'writing',
};

/** Milliseconds between two plain lines about one stage. */
const LINE_EVERY = 10_000;

export interface Reporter {
  onProgress: OnProgress;
  /** Removes the bar; call before anything else is printed. */
  stop(): void;
}

/** Shows how far a stage is. */
interface Meter {
  begin(stage: Stage, total: number): void;
  update(done: number, total: number, shown: string): void;
  /** Clears the bar before a line of text is printed. */
  pause(): void;
  end(): void;
}

/**
 * Progress on standard error: a bar with the time left on a terminal, otherwise a plain line every ten seconds; nothing
 * when quiet (warnings about the input are also in the result and in report.md). Lines about how the work is done are
 * for `debug`.
 */
export function reporter(
  { quiet = false, debug = false }: { quiet?: boolean; debug?: boolean },
  stream: NodeJS.WriteStream = process.stderr,
): Reporter {
  if (quiet) return { onProgress: () => {}, stop: () => {} };
  const meter = stream.isTTY ? barMeter(stream) : lineMeter(stream);
  let stage: Stage | undefined;
  let start = { at: 0, done: 0, share: 0, unit: '' };

  const stop = () => {
    meter.end();
    stage = undefined;
  };
  const measure = ({ stage: next, done = 0, total = 0, unit = '', share = done / total }: Progress) => {
    if (total <= 0) return;
    if (stage !== next || start.unit !== unit) {
      stop();
      if (done >= total) return; // finished before it was first shown
      stage = next;
      start = { at: performance.now(), done, share, unit };
      meter.begin(next, total);
    }
    const seconds = (performance.now() - start.at) / 1000;
    const isUnderWay = seconds > 0.5 && done > start.done && share > start.share;
    const rate = (done - start.done) / seconds;
    const left = ((1 - share) / (share - start.share)) * seconds;
    const pace = isUnderWay ? ` · ${count(rate, unit)}/s · ${duration(left)} left` : '';
    meter.update(done, total, `${count(done, unit)}/${count(total, unit)} ${unit}${pace}`);
    if (done >= total) stop();
  };
  return {
    onProgress: (progress) => {
      if (progress.message && (debug || progress.level !== 'debug')) {
        meter.pause();
        const mark = progress.level === 'warning' ? styleText('yellow', '!', { stream }) : '·';
        stream.write(`${mark} ${safeLine(progress.message)}\n`);
      }
      if (progress.done !== undefined) measure(progress);
    },
    stop,
  };
}

function barMeter(stream: NodeJS.WriteStream): Meter {
  let bar: cliProgress.SingleBar | undefined;
  return {
    begin(stage, total) {
      bar = new cliProgress.SingleBar({
        stream,
        clearOnComplete: true,
        hideCursor: true,
        format: `${DOING[stage].padEnd(11)} {bar} {percentage}% · {shown}`,
        barsize: 24,
        barCompleteChar: '█',
        barIncompleteChar: '░',
      });
      bar.start(total, 0, { shown: '' });
    },
    update(done, total, shown) {
      bar?.setTotal(total);
      bar?.update(done, { shown });
    },
    pause() {
      if (!bar) return;
      clearLine(stream, 0);
      cursorTo(stream, 0);
    },
    end() {
      bar?.stop();
      bar = undefined;
    },
  };
}

function lineMeter(stream: NodeJS.WriteStream): Meter {
  let doing = '';
  let last = 0;
  return {
    begin(stage) {
      doing = DOING[stage];
      last = performance.now();
    },
    update(_done, _total, shown) {
      if (performance.now() - last < LINE_EVERY) return;
      last = performance.now();
      stream.write(`  ${doing} ${shown}\n`);
    },
    pause() {},
    end() {},
  };
}

function count(value: number, unit: string): string {
  return unit === 'bytes' ? `${(value / 2 ** 20).toFixed(1)} MiB` : grouped(Math.round(value));
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
