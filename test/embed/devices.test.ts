import { expect, test } from 'vitest';
import { openDevice } from '../../src/embed/devices.js';
import { takesHalf } from '../../src/embed/graphics.js';
import type { HostedSession } from '../../src/embed/session-host.js';
import type { TextTokenizer } from '../../src/embed/tokenizer.js';
import { FailureError, UserError } from '../../src/errors.js';
import { embedOptions } from '../../src/options/embed.js';
import { resolveOptions } from '../../src/options/resolve.js';
import type { Progress } from '../../src/progress.js';

const both = { native: true, wasm: true };
const tokenizer = {
  padId: 0,
  wordless: [],
  encode: () => ({ ids: Int32Array.of(1), isTruncated: false }),
} as TextTokenizer;

/** Opens `device` where the named cards work and all others fail. */
async function open(device: Parameters<typeof openDevice>[0], working: string[]) {
  const tried: string[] = [];
  const said: Progress[] = [];
  const session: HostedSession = {
    share: 1,
    run: async () => ({ vectors: new Float32Array(8), milliseconds: 1 }),
    close: async () => {},
    kill: () => {},
  };
  const result = openDevice(
    device,
    false,
    both,
    async (provider, card) => {
      const name = card === undefined ? provider : `${provider}:${card}`;
      tried.push(name);
      if (!working.includes(name)) throw new FailureError('no such card', { code: 'ENGINE_UNAVAILABLE' });
      return session;
    },
    tokenizer,
    { onProgress: (progress) => said.push(progress) },
  );
  const { sessions, provider } = await result;
  return { sessions: sessions.length, provider, tried, said: said.map(({ message }) => message) };
}

test('a numbered card is opened by its number', async () => {
  expect(await open('cuda:1', ['cuda:1'])).toMatchObject({
    sessions: 1,
    provider: 'cuda',
    tried: ['cuda:1'],
  });
});

test('several numbered cards are used together, each once', async () => {
  expect(await open(['cuda:0', 'cuda:1', 'cuda:0', 'cpu'], ['cuda:0', 'cuda:1', 'cpu'])).toMatchObject({
    sessions: 2,
    provider: 'cuda',
    tried: ['cuda:0', 'cuda:1'],
    said: [],
  });
});

test('of several cards those that work are used, and the others are said', async () => {
  expect(await open(['cuda:0', 'cuda:3'], ['cuda:0'])).toMatchObject({
    sessions: 1,
    said: ['Embedding on cuda:0; not on cuda:3 (no such card)'],
  });
});

test('what comes after cards is tried when none of them works', async () => {
  expect(await open(['cuda:0', 'cuda:1', 'cpu'], ['cpu'])).toMatchObject({ sessions: 1, provider: 'cpu' });
  await expect(open(['dml:2'], [])).rejects.toThrow(/does not run on dml:2 \(no such card\)/);
});

test('only cuda and dml have numbers, and a device may be in a list', () => {
  const device = (value: unknown) =>
    resolveOptions({ device: embedOptions.device }, { device: value } as never).device;
  expect(device(['cuda:0', 'cuda:12', 'cpu'])).toEqual(['cuda:0', 'cuda:12', 'cpu']);
  expect(device('dml:1')).toBe('dml:1');
  for (const wrong of ['webgpu:1', 'cuda:', 'cuda:-1', 'cuda:x', 'cpu:0']) {
    expect(() => device(wrong)).toThrow(UserError);
  }
});

test('dtype auto means float16 where a card is named, and not on a processor', async () => {
  const wants = (device: Parameters<typeof openDevice>[0], runtimes = both) =>
    takesHalf('bge-m3', { device, threads: undefined }, runtimes);
  expect(await wants('cuda')).toBe(true);
  expect(await wants(['cuda:0', 'cuda:1'])).toBe(true);
  expect(await wants('cpu')).toBe(false);
  expect(await wants('cuda', { native: false, wasm: true })).toBe(false);
  // Nobody has a card of both kinds; one that isn't there is not taken.
  expect(await wants(process.platform === 'darwin' ? ['cuda', 'cpu'] : ['coreml', 'cpu'])).toBe(false);
  // Its usual file is int8.
  expect(await takesHalf('minilm', { device: 'auto', threads: undefined }, both)).toBe(false);
});
