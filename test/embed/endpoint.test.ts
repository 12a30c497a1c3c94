import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { embedderOf } from '../../src/embed/embedder.js';
import { openEndpoint } from '../../src/embed/endpoint.js';
import { embedTexts } from '../../src/embed/index.js';
import { FailureError, TextFailure, UserError } from '../../src/errors.js';
import { cluster } from '../../src/index.js';
import { sendDrops, sendEndless } from './hub-server.js';

interface Asked {
  path: string | undefined;
  key: string | undefined;
  model: string;
  input: string[];
  format: string;
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
    const { model, input, encoding_format: format } = JSON.parse(body);
    asked.push({ path: request.url, key: request.headers.authorization, model, input, format });
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
  it('gets model, texts and key, and its embeddings are sorted by index and scaled', async () => {
    const result = await embed(['a', 'bbb']);
    expect(asked).toEqual([
      {
        path: '/v1/embeddings',
        key: 'Bearer sk-secret',
        model: 'small',
        input: ['a', 'bbb'],
        format: 'base64',
      },
    ]);
    const half = Math.SQRT1_2;
    const expected = [half, half, 3 / Math.sqrt(10), 1 / Math.sqrt(10)];
    expect([...result.vectors.data]).toEqual(expected.map(Math.fround));
    expect(result).toMatchObject({ provider: 'remote', model: { id: 'openai:small', dtype: 'remote' } });
  });

  const base64 = (numbers: number[]) => Buffer.from(Float32Array.from(numbers).buffer).toString('base64');

  it('may send its vectors as base64, whose bits are kept', async () => {
    answer = ({ input }, response) => {
      const data = input.map((text, index) => ({
        index,
        embedding: base64([0.1 * text.length, 0.3, -1e-8]),
      }));
      response.end(JSON.stringify({ data }));
    };
    const { vectors } = await embed(['a', 'bbb']);
    answer = ({ input }, response) => {
      const data = input.map((text, index) => ({
        index,
        embedding: [0.1 * text.length, 0.3, -1e-8].map(Math.fround),
      }));
      response.end(JSON.stringify({ data }));
    };
    expect((await embed(['a', 'bbb'])).vectors).toEqual(vectors);
    expect(vectors.cols).toBe(3);
  });

  it.each([400, 422])(
    'that refuses base64 with %i is asked for numbers, and not for base64 again',
    async (status) => {
      answer = (request, response) => {
        if (request.format === 'base64') response.writeHead(status).end('unknown encoding_format');
        else good(request, response);
      };
      // Of one request at a time: more than 256 texts are two.
      const texts = Array.from({ length: 300 }, (_, row) => `text ${row}`);
      const { vectors } = await embed(texts, { endpointRequests: 1 });
      expect(vectors.rows).toBe(300);
      expect(asked.map(({ format }) => format)).toEqual(['base64', 'float', 'float']);
    },
  );

  it.each([
    ['base64 of half a number', Buffer.from([1, 2, 3, 4, 5, 6]).toString('base64')],
    ['words', 'no vector'],
    ['base64 of a number that is not finite', base64([Number.NaN, 1])],
  ])('that sends %s is an error that names the text', async (_, embedding) => {
    answer = ({ input }, response) =>
      void response.end(JSON.stringify({ data: input.map((_text, index) => ({ index, embedding })) }));
    await expect(embed(['a'])).rejects.toBeInstanceOf(TextFailure);
  });

  it.each([1, 7])('has %i requests at a time when that is wanted', async (endpointRequests) => {
    const batches = 14;
    const open: (() => void)[] = [];
    let most = 0;
    answer = (request, response) => {
      most = Math.max(
        most,
        open.push(() => good(request, response)),
      );
      // As many as are wanted are held for a while, in which one too many would arrive.
      if (open.length === endpointRequests)
        setTimeout(() => open.splice(0).forEach((reply) => void reply()), 50);
    };
    const texts = Array.from({ length: 256 * batches }, (_, row) => `text ${row}`);
    await embed(texts, { endpointRequests });
    expect(most).toBe(endpointRequests);
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

  it('receives parts of at most 256 texts and 200,000 characters', async () => {
    await embed(Array.from({ length: 300 }, (_, row) => `${row}`));
    expect(asked.map(({ input }) => input.length).sort((a, b) => a - b)).toEqual([44, 256]);
    asked = [];
    await embed(['a', 'b', 'c'].map((letter) => letter.repeat(90_000)));
    expect(asked.map(({ input }) => input.length).sort()).toEqual([1, 2]);
  });

  it('receives the request again when it is busy or breaks, and is named when it stays so', async () => {
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

  it('that returns too little or not at all is an error', async () => {
    answer = (_, response) => response.end(JSON.stringify({ data: [{ index: 0, embedding: [1] }] }));
    await expect(embed(['a', 'b'])).rejects.toThrow(/1 embedding for 2 texts/);
    close();
    await expect(embed(['a'])).rejects.toThrow(/no connection/);
  });

  /** Vectors of two numbers, but for the text "bad". */
  const withBad =
    (bad: unknown) =>
    ({ input }: Asked, response: ServerResponse) => {
      const data = input.map((text, index) => ({
        index,
        embedding: text === 'bad' ? bad : [text.length, 1],
      }));
      response.end(JSON.stringify({ data }));
    };

  it.each([
    [[null, 1], /number 0 of vector 2 is null/],
    [['0.5', 1], /number 0 of vector 2 is "0\.5"/],
    [[1, true], /number 1 of vector 2 is true/],
    [[1, [5]], /number 1 of vector 2 is a list/],
    [[1e39, 1], /is Infinity/],
    [null, /returned null and no vector/],
    ['AACAPw==', /returned "AACAPw==" and no vector/],
    [[0, 0], /a vector of zeros/],
    [[1, 2, 3], /vectors of 2 and 3 numbers/],
    [{ length: 2, 0: 1, 1: 2 }, /returned an object and no vector/],
  ])('that returns %j for a text is refused, and that text is named', async (bad, message) => {
    answer = withBad(bad);
    // Equal texts are sent once: the fourth text is the third that is sent.
    const error = await embed(['a', 'bb', 'a', 'bad']).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TextFailure);
    expect(String(error)).toMatch(message);
    expect(String(error)).toContain('text 4: 127.0.0.1:');
    expect(asked).toHaveLength(1);
  });

  it('that is wrong about a text of a file is refused with the line', async () => {
    answer = withBad([null, null]);
    const file = join(await mkdtemp(join(tmpdir(), 'denscape-endpoint-')), 'posts.csv');
    try {
      await writeFile(file, 'text\n"two\nlines"\n\nlast\nbad\n');
      const running = cluster(file, { model: 'openai:small', baseUrl, cache: false });
      await expect(running).rejects.toThrow(
        /posts\.csv line 6: 127\.0\.0\.1:\d+: number 0 of vector \d is null/,
      );
    } finally {
      await rm(dirname(file), { recursive: true });
    }
  });

  it.each([
    '{"data":{}}',
    '{"data":[null]}',
    '{"data":[{"index":-1,"embedding":[1]}]}',
    '{"data":[{"index":"0","embedding":[1]}]}',
    '{"data":[{"index":7,"embedding":[1]}]}',
    'null',
    '[]',
    '',
    '<html>Sign in</html>',
    '['.repeat(50_000),
    '{"data":'.repeat(5000),
  ])('that returns %.40s is refused with its host', async (body) => {
    answer = (_, response) => response.end(body);
    const error = await embed(['a']).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(FailureError);
    expect(String(error)).toMatch(/127\.0\.0\.1:\d+/);
    expect(String(error)).not.toMatch(/cannot read|undefined|unexpected token/i);
    expect(asked).toHaveLength(1);
  });

  it('that sends more than the texts need, or never ends, is given up', async () => {
    answer = (_, response) => sendEndless(response);
    await expect(embed(['a'], { patience: { ...patience, stall: 30_000 } })).rejects.toThrow(
      /sends more than the 852,992 bytes/,
    );
    answer = (_, response) => sendDrops(response);
    await expect(embed(['a'], { patience: { ...patience, stall: 200 } })).rejects.toThrow(
      /has not ended its response after 1 s/,
    );
  });

  describe('that redirects', () => {
    let other: Server;
    let taken: string[];
    beforeEach(async () => {
      taken = [];
      other = createServer(async (request, response) => {
        let body = '';
        for await (const chunk of request) body += chunk;
        taken.push(`${request.headers.authorization} ${body}`);
        response.end('{}');
      });
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    });
    afterEach(() => {
      other.closeAllConnections();
      other.close();
    });

    it.each([301, 302, 303, 307, 308])(
      'to another host (%i) gets neither texts nor key there',
      async (status) => {
        const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/v1/embeddings`;
        answer = (_, response) => response.writeHead(status, { location }).end();
        await expect(embed(['a'])).rejects.toThrow(
          /redirects to http:\/\/127.*where your texts are not sent/,
        );
        expect(taken).toEqual([]);
        expect(asked).toHaveLength(1);
      },
    );

    it('within its own origin (307) is followed, in a circle only five times', async () => {
      answer = (one, response) => {
        if (one.path === '/v2') good(one, response);
        else response.writeHead(307, { location: '/v2' }).end();
      };
      expect((await embed(['a'])).vectors.rows).toBe(1);
      expect(asked.map(({ key }) => key)).toEqual(['Bearer sk-secret', 'Bearer sk-secret']);
      asked = [];
      answer = (_, response) => response.writeHead(307, { location: '/v1/embeddings' }).end();
      await expect(embed(['a'])).rejects.toThrow(/redirects on and on/);
      expect(asked).toHaveLength(6);
    });
  });

  it('gets texts without what is redacted, and vectors are kept by what was sent', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'denscape-redacted-'));
    const options = { model: 'openai:small', baseUrl, apiKey: 'sk-secret', cache };
    try {
      const texts = ['mail ana@example.org', 'mail bo@example.org', 'plain', 'secret'];
      const { vectors } = await embedTexts(texts, { ...options, redact: true });
      expect(asked.flatMap(({ input }) => input)).toEqual(['mail [email]', 'plain', 'secret']);
      expect(vectors.rows).toBe(4);
      const own = (text: string) => text.replace('secret', '');
      await embedTexts(['mail [email]', 'secret'], { ...options, redact: own });
      expect(asked.flatMap(({ input }) => input).slice(3)).toEqual(['[redacted]']);
    } finally {
      await rm(cache, { recursive: true });
    }
  });

  it('is waited for as long as the user allows', async () => {
    answer = ({ input }, response) =>
      setTimeout(
        () =>
          response.end(JSON.stringify({ data: input.map((_, index) => ({ index, embedding: [1, index] })) })),
        1500,
      );
    const short = { ...patience, stall: 300 };
    await expect(embed(['a'], { patience: { ...short, retries: 0 } })).rejects.toThrow(/broke|given up/);
    expect((await embed(['a'], { patience: short, endpointTimeout: 60 })).vectors.rows).toBe(1);
  });

  it('that changes its width is refused, against the cache with its folder', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'denscape-endpoint-'));
    const cached = async (texts: string[]) => {
      const source = openEndpoint('openai:small', { baseUrl, patience });
      try {
        return await embedderOf(source, cache).embed(texts);
      } finally {
        await source.close();
      }
    };
    try {
      await cached(['a']);
      answer = (_, response) => response.end(JSON.stringify({ data: [{ index: 0, embedding: [1, 2, 3] }] }));
      const error = await cached(['a', 'b']).catch((caught: Error) => caught);
      expect(error).toBeInstanceOf(FailureError);
      expect(String(error)).toContain(`${cache}/`);
      expect(String(error)).toMatch(/now gives 3 numbers a text.*vectors of 2/);
    } finally {
      await rm(cache, { recursive: true });
    }
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
