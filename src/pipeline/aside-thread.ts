/*
 * The thread of aside.ts: finds themes and takes measures.
 */
import { workInOrder } from '../node-thread.js';
import type { Watch } from '../progress.js';
import { measureFit } from '../statistics/quality.js';
import { findThemesOf } from '../themes/task.js';
import type { AsideJobs, AsideTask } from './aside.js';

const jobs: {
  [N in keyof AsideJobs]: (given: AsideJobs[N]['given'], watch: Watch) => Promise<AsideJobs[N]['found']>;
} = {
  themes: findThemesOf,
  measures: (fit) => measureFit(fit, undefined),
};

const work = async <N extends keyof AsideJobs>(
  { name, given }: AsideTask<N>,
  watch: Watch,
): Promise<AsideJobs[N]['found']> => jobs[name](given, watch);

workInOrder((task: AsideTask, onProgress) => work(task, { onProgress }));
