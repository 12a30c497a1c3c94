import { clearLine, cursorTo } from 'node:readline';
import { styleText } from 'node:util';
import cliProgress from 'cli-progress';
import type { OnProgress, Progress, Stage } from '../progress.js';

/** What a stage is called while it runs. */
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

export interface Reporter {
  onProgress: OnProgress;
  /** Takes the bar away; call before anything else is printed. */
  stop(): void;
}

/**
 * Progress on standard error: one bar a stage on a terminal, a plain line a message and every ten seconds
 * otherwise, nothing when quiet (warnings included: they are in the result and in report.md).
 */
export function reporter(quiet: boolean, stream: NodeJS.WriteStream = process.stderr): Reporter {
  if (quiet) return { onProgress: () => {}, stop: () => {} };
  let bar: cliProgress.SingleBar | undefined;
  let stage: Stage | undefined;

  const stop = () => {
    bar?.stop();
    bar = undefined;
    stage = undefined;
  };

  const say = (progress: Progress) => {
    if (bar && stream.isTTY) {
      clearLine(stream, 0);
      cursorTo(stream, 0);
    }
    const mark =
      progress.level === 'warning' ? styleText('yellow', '!', { stream }) : styleText('dim', '·', { stream });
    stream.write(`${mark} ${progress.message}\n`);
  };

  const measure = ({ stage: next, done = 0, total, unit = '' }: Progress) => {
    if (total === undefined || total <= 0) return;
    if (stage !== next) {
      stop();
      if (done >= total) return; // over before it could be shown
      stage = next;
      bar = new cliProgress.SingleBar({
        stream,
        noTTYOutput: true,
        notTTYSchedule: 10_000,
        clearOnComplete: true,
        hideCursor: true,
        etaBuffer: 50,
        format: `${DOING[next].padEnd(11)} {bar} {percentage}% · {shown} ${unit} · {rate} · {eta_formatted} left`,
        barsize: 24,
        barCompleteChar: '█',
        barIncompleteChar: '░',
      });
      bar.start(total, done, { shown: '', rate: '' });
      started = { at: performance.now(), done };
    }
    const seconds = (performance.now() - started.at) / 1000;
    const rate = seconds > 0.5 ? (done - started.done) / seconds : 0;
    bar?.setTotal(total);
    bar?.update(done, {
      shown: `${count(done, unit)}/${count(total, unit)}`,
      rate: rate > 0 ? `${count(rate, unit)}/s` : '…',
    });
    if (done >= total) stop();
  };
  let started = { at: 0, done: 0 };

  return {
    onProgress: (progress) => {
      if (progress.message) say(progress);
      if (progress.done !== undefined) measure(progress);
    },
    stop,
  };
}

function count(value: number, unit: string): string {
  return unit === 'bytes' ? `${(value / 2 ** 20).toFixed(1)} MiB` : Math.round(value).toLocaleString('en-US');
}
