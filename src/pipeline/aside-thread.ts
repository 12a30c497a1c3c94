/*
 * The thread of aside.ts: does what it is told, one piece of work after the other.
 */
import { parentPort } from 'node:worker_threads';
import type { Watch } from '../progress.js';
import { measureFit } from '../statistics/quality.js';
import { findThemesOf } from '../themes/task.js';
import type { AsideAnswer, AsideJobs, AsideTask } from './aside.js';

const jobs: {
  [N in keyof AsideJobs]: (given: AsideJobs[N]['given'], watch: Watch) => Promise<AsideJobs[N]['found']>;
} = {
  themes: findThemesOf,
  measures: (fit) => measureFit(fit, undefined),
};

const say = (answer: AsideAnswer) => parentPort?.postMessage(answer);

async function answer<N extends keyof AsideJobs>({ name, given }: AsideTask<N>): Promise<void> {
  try {
    say({ found: await jobs[name](given, { onProgress: (progress) => say({ progress }) }) });
  } catch {
    say({});
  }
}

let last = Promise.resolve();
parentPort?.on('message', (task: AsideTask) => {
  last = last.then(() => answer(task));
});
