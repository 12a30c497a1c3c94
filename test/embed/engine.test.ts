import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test, vi } from 'vitest';
import { embedTexts } from '../../src/embed/index.js';
import type { HostedSession } from '../../src/embed/session-host.js';
import { FailureError } from '../../src/errors.js';
import { withProcessors } from '../helpers/processors.js';
import { newsRows, options } from './embed-script.js';

/** What happens to the sessions that are opened, in turn; opened as usual where nothing is said. */
let plan: ((open: () => Promise<HostedSession>) => Promise<HostedSession>)[];
let opened: number;
vi.mock(import('../../src/embed/session-host.js'), async (importOriginal) => {
  const original = await importOriginal();
  return {
    ...original,
    hostSession: (spec, signal) => {
      const open = () => original.hostSession(spec, signal);
      const step = plan[opened++];
      return step ? step(open) : open();
    },
  };
});
beforeEach(() => {
  withProcessors(3);
  opened = 0;
});

const texts = newsRows(0, 100);
// Three processes of one thread: a text is worth a process by the two dozen.
const three = { ...options, threads: 3, cache: false } as const;

/** Processes of sessions that this process started and that still run; undefined where /proc can't tell. */
function sessionProcesses(): number | undefined {
  try {
    return readdirSync('/proc').filter((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return Number(parent) === process.pid && command.includes('session-process');
      } catch {
        return false;
      }
    }).length;
  } catch {
    return undefined;
  }
}

/** Waits for the processes to end; the test's own limit of time applies. */
async function expectNoProcess(): Promise<void> {
  while ((sessionProcesses() ?? 0) > 0) await sleep(20);
}

const fail = async (): Promise<HostedSession> => {
  throw new FailureError('no memory for it', { code: 'OUT_OF_MEMORY' });
};
const asUsual = (open: () => Promise<HostedSession>) => open();

test('a run goes on with the sessions that start, says so, and leaves no process', async () => {
  plan = [asUsual, fail, asUsual];
  const messages: string[] = [];
  const { vectors } = await embedTexts(texts, {
    ...three,
    onProgress: ({ message }) => {
      if (message) messages.push(message);
    },
  });
  expect(opened).toBe(3);
  expect(messages).toContain(
    'Embedding in 2 of 3 processes, since the others could not start: no memory for it',
  );
  await expectNoProcess();
  plan = [];
  expect((await embedTexts(texts, three)).vectors).toEqual(vectors);
});

test('texts are embedded while further processes are still opened', async () => {
  let begun = () => {};
  const isBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const onceBegun = async (open: () => Promise<HostedSession>) => {
    await isBegun;
    return open();
  };
  plan = [asUsual, onceBegun, onceBegun];
  const { vectors } = await embedTexts(texts, {
    ...three,
    onProgress: ({ done }) => {
      if (done) begun();
    },
  });
  expect(opened).toBe(3);
  await expectNoProcess();
  plan = [];
  expect((await embedTexts(texts, three)).vectors).toEqual(vectors);
});

test('when neither runtime opens the model nothing is left running', async () => {
  plan = [fail, fail];
  await expect(embedTexts(texts, three)).rejects.toThrow('no memory for it');
  await expectNoProcess();
});

test('an abort while sessions are opened ends all of them', async () => {
  const stop = new AbortController();
  plan = [
    asUsual,
    asUsual,
    async (open) => {
      const session = await open();
      stop.abort(new Error('stop'));
      return session;
    },
  ];
  await expect(embedTexts(texts, { ...three, signal: stop.signal })).rejects.toThrow('stop');
  await expectNoProcess();
});
