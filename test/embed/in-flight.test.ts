import { beforeEach, expect, test, vi } from 'vitest';
import { embedTexts, openModel } from '../../src/embed/index.js';
import { MemoryFailure } from '../../src/embed/memory.js';
import type { TokenBatch } from '../../src/embed/session.js';
import type { HostedSession } from '../../src/embed/session-host.js';
import { cluster } from '../../src/index.js';
import { newsRows, options } from './embed-script.js';

/** What the made-up sessions of a graphics card saw, and what they wait for. */
const card = {
  encoded: 0,
  /** Sessions that were opened and closed. */
  opened: 0,
  closed: 0,
  /** Batches that a session has at this moment, and the most it ever had. */
  inFlight: 0,
  most: 0,
  batches: [] as { rows: number; padded: number; shortest: number }[],
  /** Awaited while a session opens, and before a batch is done. */
  opening: async () => {},
  running: async (_batch: number) => {},
  /** Padded tokens that fit. */
  memory: Infinity,
  /** Whether the last digits of a vector depend on how far its row is padded. */
  isPaddingSeen: false,
};

vi.mock(import('../../src/embed/tokenizer.js'), async (importOriginal) => {
  const original = await importOriginal();
  return {
    ...original,
    openTokenizer: (...args) => {
      const tokenizer = original.openTokenizer(...args);
      const encode = (text: string) => {
        card.encoded++;
        return tokenizer.encode(text);
      };
      return { ...tokenizer, encode };
    },
  };
});
vi.mock(import('../../src/embed/session-host.js'), async (importOriginal) => {
  const original = await importOriginal();
  return { ...original, hostSession: openCard };
});

/** A session whose vector of a row is made of its tokens alone. */
async function openCard(): Promise<HostedSession> {
  card.opened++;
  await card.opening();
  let last: Promise<unknown> = Promise.resolve();
  const vectorsOf = async ({ ids, lengths, width = 1 }: TokenBatch, batch: number): Promise<Float32Array> => {
    await card.running(batch);
    const tokens = Math.max(width, ...lengths);
    const padded = lengths.length * tokens;
    if (padded > card.memory) {
      const failure = new MemoryFailure('CUDA failure 2: out of memory', { code: 'OUT_OF_MEMORY' });
      failure.isSessionAlive = true;
      throw failure;
    }
    card.batches.push({ rows: lengths.length, padded, shortest: Math.min(...lengths) });
    let at = 0;
    const last = card.isPaddingSeen ? 1 + tokens * 1e-6 : 1;
    const rows = Array.from(lengths, (length) => {
      at += length;
      const sum = ids.slice(at - length, at).reduce((total, id, place) => total + id * (place + 1), 0);
      return [Math.cos(sum) * last, Math.sin(sum)];
    });
    return Float32Array.from(rows.flat());
  };
  let batches = 0;
  return {
    share: 1,
    async run(batch) {
      card.most = Math.max(card.most, ++card.inFlight);
      const number = batches++;
      // One after the other, as the process handles them.
      const mine = last.then(() => vectorsOf(batch, number));
      last = mine.catch(() => {});
      try {
        return { vectors: await mine, milliseconds: 1 };
      } finally {
        card.inFlight--;
      }
    },
    close: async () => {
      card.closed++;
    },
    kill: () => {},
  };
}

const texts = Array.from({ length: 5000 }, (_, row) => `${newsRows(row % 800, 1)[0]} ${row}`);
const onCard = { ...options, device: 'webgpu', cache: false, batchTokens: undefined } as const;
/** Waits for something that other work brings about; without that the test runs into its limit of time. */
const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
};

beforeEach(() => {
  Object.assign(card, {
    encoded: 0,
    opened: 0,
    closed: 0,
    inFlight: 0,
    most: 0,
    batches: [],
    memory: Infinity,
    isPaddingSeen: false,
  });
  card.opening = async () => {};
  card.running = async () => {};
});

test('a graphics card has two batches in flight, never more', async () => {
  // The probes of the first session have fewer batches; one of the work ends only once another is there with it.
  card.running = (batch) => (batch < 20 ? Promise.resolve() : until(() => card.most >= 2));
  await embedTexts(texts, onCard);
  expect(card.most).toBe(2);
});

test('texts are tokenized while the session opens', async () => {
  // The session opens only once a thousand texts are.
  card.opening = () => until(() => card.encoded >= 1000);
  const { vectors } = await embedTexts(texts, onCard);
  expect(vectors.rows).toBe(texts.length);
});

test('a warm model has its card before the first text, and opens it once', async () => {
  const model = await openModel(onCard);
  model.warm();
  model.warm();
  await until(() => card.opened === 1);
  expect((await model.embed(texts.slice(0, 9))).vectors.rows).toBe(9);
  await model.close();
  expect([card.opened, card.closed]).toEqual([1, 1]);
});

test('a named card opens while the rows are read', async () => {
  async function* rows() {
    await until(() => card.opened === 1);
    yield* texts.slice(0, 60);
  }
  const { labels } = await cluster(rows(), onCard);
  expect(labels.length).toBe(60);
  expect([card.opened, card.closed]).toEqual([1, 1]);
});

test('a card that was opened for rows that can’t be read is closed', async () => {
  async function* rows(): AsyncGenerator<string> {
    await until(() => card.opened === 1);
    throw new Error('the disk was removed');
  }
  await expect(cluster(rows(), onCard)).rejects.toThrow('the disk was removed');
  expect(card.closed).toBe(1);
});

test('texts are tokenized while a batch runs', async () => {
  // The probes of the first session have fewer batches; one of the work ends only once every text is tokenized.
  card.running = (batch) => (batch < 20 ? Promise.resolve() : until(() => card.encoded >= texts.length));
  const { vectors } = await embedTexts(texts, onCard);
  expect(vectors.rows).toBe(texts.length);
});

test('where padding changes digits, rows of nearly one length run together, and any order gives the same vectors', async () => {
  card.isPaddingSeen = true;
  const { vectors } = await embedTexts(texts, onCard);
  // Probes have up to a dozen rows of any length.
  const large = card.batches.filter(({ rows }) => rows > 12);
  for (const { rows, padded, shortest } of large)
    expect(padded / rows / shortest).toBeLessThanOrEqual(1 + 1 / 16);
  expect(large.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThan(0.9 * texts.length);
  const backwards = await embedTexts([...texts].reverse(), onCard);
  const rows = Array.from({ length: texts.length }, (_, row) => vectors.data.slice(2 * row, 2 * row + 2));
  expect(backwards.vectors.data).toEqual(Float32Array.from(rows.reverse().flatMap((row) => [...row])));
});

test('when the memory of the card runs out the batch is halved until it fits, and no row is lost', async () => {
  const { vectors } = await embedTexts(texts, onCard);
  const largest = Math.max(...card.batches.map(({ padded }) => padded));
  card.batches = [];
  card.memory = 1000;
  const small = await embedTexts(texts, onCard);
  expect(largest).toBeGreaterThan(1000);
  expect(small.vectors).toEqual(vectors);
  // Halves of what failed, not single rows.
  const rows = card.batches.map((batch) => batch.rows);
  expect(rows.reduce((sum, one) => sum + one, 0) / rows.length).toBeGreaterThan(4);
});

test('a text that alone does not fit is an error that names the device', async () => {
  card.memory = 60;
  const long = [...texts.slice(0, 3), 'one two three four five six seven eight nine ten '.repeat(20)];
  await expect(embedTexts(long, onCard)).rejects.toThrow(
    /memory of the webgpu device does not hold one text .*out of memory.*--max-tokens/,
  );
});
