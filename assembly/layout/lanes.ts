// Which task of the descent a thread does next. Tasks of an epoch are dealt to lanes, each with a counter of those that were begun; a
// thread keeps to its lane, so that blocks stay in the cache of one processor, and takes from others only where its own has
// to wait. A task may begin once both of its blocks have been through the tasks before it: the order of tasks at each block is fixed, and
// with it every byte of the result, whichever thread does them. Of the tasks that are not begun yet, the one with the lowest turn
// waits only for tasks that some thread is doing: no deadlock, with any number of threads.
import { Descent, Task } from './job';

/** Looks at a lane before a thread takes from another, a few thousandths of a millisecond: about a task. */
const PATIENCE: i32 = 500;
/** Looks before a thread sleeps for a short time: about a tenth of a millisecond. */
const LOOKS: i32 = 20_000;

/** Takes a task that may begin: epoch · count + its number. There must be one left that no thread has taken. */
export function take(job: Descent, thread: i32): i32 {
  const lanes = job.lanes;
  const maySleep = thread > 0 || job.maySleep != 0;
  let lane = thread % lanes;
  let looks = 0;
  while (true) {
    const counter = job.begun + ((<usize>lane) << 6);
    const first = load<i32>(job.laneStarts + ((<usize>lane) << 2));
    const length = load<i32>(job.laneStarts + ((<usize>lane) << 2), 4) - first;
    const begun = seen(counter);
    const epoch = begun / length;
    const isLeft = epoch < job.epochs;
    if (isLeft) {
      const number = load<i32>(job.laneTasks + ((<usize>(first + begun % length)) << 2));
      if (mayBegin(job, epoch, number)) {
        if (begin(counter, begun)) return epoch * job.count + number;
        // Another thread took it.
        continue;
      }
    }
    looks++;
    if (!isLeft || looks % PATIENCE == 0) lane = (lane + 1) % lanes;
    if (looks > LOOKS && maySleep) atomic.wait<i32>(counter, begun, 50_000);
  }
  return 0;
}

/**
 * Both blocks are free for their next tasks. No other thread counts for them meanwhile. A task inside one block counts once: after the
 * first time another thread may go on and count further, which a second store would undo, and all threads would wait for ever.
 */
@inline
export function finish(job: Descent, epoch: i32, number: i32): void {
  const task = taskAt(job, number);
  const turn = turnOf(job, epoch, number) + 1;
  show(counterOf(job, task.headBlock), turn);
  if (task.tailBlock != task.headBlock) show(counterOf(job, task.tailBlock), turn);
}

@inline
export function taskAt(job: Descent, number: i32): Task {
  return changetype<Task>(job.tasks + <usize>number * offsetof<Task>());
}

/** Whether both blocks have been through the tasks before this one, and what these wrote can be read. */
@inline
function mayBegin(job: Descent, epoch: i32, number: i32): bool {
  const task = taskAt(job, number);
  const turn = turnOf(job, epoch, number);
  return seen(counterOf(job, task.headBlock)) >= turn && seen(counterOf(job, task.tailBlock)) >= turn;
}

/** How many tasks each block has been through before this one: one a round. */
@inline
function turnOf(job: Descent, epoch: i32, number: i32): i32 {
  const rounds = job.between / job.perRound;
  return epoch * (rounds + 1) + (number < job.between ? number / job.perRound : rounds);
}

@inline
function counterOf(job: Descent, block: i32): usize {
  return job.done + ((<usize>block) << 6);
}

@inline
function seen(counter: usize): i32 {
  return atomic.load<i32>(counter);
}

/** Sets a counter for all threads, and with it what was written before. */
@inline
function show(counter: usize, value: i32): void {
  atomic.store<i32>(counter, value);
}

/** Counts one more task of a lane as begun, unless another thread has meanwhile. */
@inline
function begin(counter: usize, begun: i32): bool {
  return atomic.cmpxchg<i32>(counter, begun, begun + 1) == begun;
}
