import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { embedderOf } from '../../src/embed/embedder.js';
import { openEndpoint } from '../../src/embed/endpoint.js';
import { embedTexts } from '../../src/embed/index.js';
import { UserError } from '../../src/errors.js';

interface Asked {
  path: string | undefined;
  key: string | undefined;
  model: string;
  input: string[];
}

let baseUrl: string;
let asked: Asked[];
let answer: (asked: Asked, response: ServerResponse) => void;
let close: () => void;

/** Embeddings out of order, as the standard allows: the index tells. */
const good = ({ input }: Asked, response: ServerResponse) => {
  const data = input.map((text, index) => ({ index, embedding: [text.length, 1] })).reverse();
  response.end(JSON.stringify({ data }));
};

beforeEach(async () => {
  asked = [];
  answer = good;
  const server = createServer(async (request: IncomingMessage, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { model, input } = JSON.parse(body);
    asked.push({ path: request.url, key: request.headers.authorization, model, input });
    answer(asked[asked.length - 1], response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterEach(() => {
  vi.unstubAllEnvs();
  close();
});

const patience = { retries: 2, firstWait: 10, connect: 1000, stall: 1000 };
async function embed(texts: string[], options = {}) {
  const source = openEndpoint('openai:small', { baseUrl, apiKey: 'sk-secret', patience, ...options });
  try {
    return await embedderOf(source, undefined).embed(texts);
  } finally {
    await source.close();
  }
}

describe('an OpenAI-compatible endpoint', () => {
  it('gets model, texts and key, and its answers are sorted by index and scaled', async () => {
    const result = await embed(['a', 'bbb']);
    expect(asked).toEqual([
      { path: '/v1/embeddings', key: 'Bearer sk-secret', model: 'small', input: ['a', 'bbb'] },
    ]);
    const half = Math.SQRT1_2;
    const expected = [half, half, 3 / Math.sqrt(10), 1 / Math.sqrt(10)];
    expect([...result.vectors.data]).toEqual(expected.map(Math.fround));
    expect(result).toMatchObject({ provider: 'remote', model: { id: 'openai:small', dtype: 'remote' } });
  });

  it('takes the key from OPENAI_API_KEY and works without one on a server of one’s own', async () => {
    vi.stubEnv('OPENAI_API_KEY', 'sk-env');
    vi.stubEnv('OPENAI_BASE_URL', baseUrl);
    await embedTexts(['a'], { model: 'openai:small', baseUrl, cache: false });
    vi.stubEnv('OPENAI_API_KEY', '');
    await embedTexts(['a'], { model: 'openai:small', baseUrl, cache: false });
    expect(asked.map(({ key }) => key)).toEqual(['Bearer sk-env', undefined]);
  });

  it('never gets OPENAI_API_KEY where that was made for another address', async () => {
    vi.stubEnv('OPENAI_API_KEY', 'sk-env');
    await embedTexts(['a'], { model: 'openai:small', baseUrl, cache: false });
    expect(asked.map(({ key }) => key)).toEqual([undefined]);
    answer = (_, response) => response.writeHead(401).end();
    await expect(embedTexts(['b'], { model: 'openai:small', baseUrl, cache: false })).rejects.toThrow(
      /OPENAI_API_KEY goes to api\.openai\.com only/,
    );
  });

  it('is asked in parts of at most 256 texts and 200,000 characters', async () => {
    await embed(Array.from({ length: 300 }, (_, row) => `${row}`));
    expect(asked.map(({ input }) => input.length).sort((a, b) => a - b)).toEqual([44, 256]);
    asked = [];
    await embed(['a', 'b', 'c'].map((letter) => letter.repeat(90_000)));
    expect(asked.map(({ input }) => input.length).sort()).toEqual([1, 2]);
  });

  it('is asked again when it is busy or breaks, and named when it stays so', async () => {
    let times = 0;
    answer = (one, response) => {
      times++;
      if (times === 1) response.writeHead(429, { 'retry-after': '0' }).end();
      else if (times === 2) response.destroy();
      else good(one, response);
    };
    expect((await embed(['a'])).vectors.rows).toBe(1);
    answer = (_, response) => response.writeHead(500).end();
    await expect(embed(['a'])).rejects.toThrow(/500.*after 3 tries/);
  });

  it('that refuses the key or lacks the model is the user’s to mend; the key is never shown', async () => {
    answer = (_, response) => response.writeHead(401).end('sk-secret is wrong');
    const error = await embed(['a']).catch((caught: Error) => caught);
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).not.toContain('sk-secret');
    answer = (_, response) => response.writeHead(404).end();
    await expect(embed(['a'])).rejects.toThrow(/no model "small"/);
  });

  it('whose refusal repeats the key, whole or cut off, shows none of it', async () => {
    for (const status of [400, 404, 422]) {
      for (const before of [0, 120, 140, 150]) {
        const said = `${'x'.repeat(before)} {"authorization": "Bearer sk-secret-1234567890"}`;
        answer = (_, response) => response.writeHead(status).end(said);
        const error = await embed(['a'], { apiKey: 'sk-secret-1234567890' }).catch((caught: Error) => caught);
        expect(`${error}${(error as Error).stack}`).not.toMatch(/sk-secret|secret-12/);
      }
    }
  });

  it('that answers too little or not at all is an error', async () => {
    answer = (_, response) => response.end(JSON.stringify({ data: [{ index: 0, embedding: [1] }] }));
    await expect(embed(['a', 'b'])).rejects.toThrow(/1 embeddings for 2 texts/);
    close();
    await expect(embed(['a'])).rejects.toThrow(/no connection/);
  });

  it('needs a name, an address, a key for OpenAI itself, and a network', async () => {
    vi.stubEnv('OPENAI_API_KEY', '');
    await expect(embedTexts(['a'], { model: 'openai:' })).rejects.toThrow(/names no model/);
    await expect(embedTexts(['a'], { model: 'openai:x' })).rejects.toThrow(/OPENAI_API_KEY/);
    await expect(embedTexts(['a'], { model: 'openai:x', baseUrl: 'nowhere' })).rejects.toThrow(/"nowhere"/);
    await expect(embedTexts(['a'], { model: 'openai:x', baseUrl, offline: true })).rejects.toThrow(
      /--offline/,
    );
  });
});
