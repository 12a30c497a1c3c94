import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { FailureError, UserError } from '../src/errors.js';
import { fromJson, readText } from '../src/outside.js';

/** A body that gives `chunks` one by one, `pause` milliseconds apart, and notes whether it was closed early. */
function bodyOf(chunks: Iterable<Uint8Array>, pause = 0) {
  const state = { isClosed: false };
  async function* give() {
    try {
      for (const chunk of chunks) {
        if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
        yield chunk;
      }
    } finally {
      state.isClosed = true;
    }
  }
  return { body: give(), state };
}

const limits = { bytes: 10, milliseconds: 5000 };

describe('a text that is read', () => {
  it('is put together from its chunks, also where a character is cut', async () => {
    const bytes = Buffer.from('naïve €');
    const { body } = bodyOf([...bytes].map((byte) => Uint8Array.of(byte)));
    expect(await readText({ body }, 'host', limits)).toBe('naïve €');
    expect(await readText({ body: null }, 'host', limits)).toBe('');
  });

  it('of exactly the limit is taken, of one byte more is not, and the body is closed', async () => {
    expect(await readText(bodyOf([new Uint8Array(10)]), 'host', limits)).toHaveLength(10);
    const { body, state } = bodyOf([new Uint8Array(10), new Uint8Array(1), new Uint8Array(1)]);
    await expect(readText({ body }, 'host', limits)).rejects.toThrow(
      'host sends more than the 10 bytes that its response may have',
    );
    expect(state.isClosed).toBe(true);
  });

  it('that stays silent or slow ends with the time', async () => {
    const slow = bodyOf(Array(1000).fill(new Uint8Array(0)), 20);
    await expect(readText(slow, 'host', { bytes: 10, milliseconds: 100 })).rejects.toThrow(FailureError);
    const silent = { body: bodyOf([new Uint8Array(1)], 10_000).body };
    await expect(readText(silent, 'host', { bytes: 10, milliseconds: 100 })).rejects.toThrow(/has not ended/);
  });
});

describe('JSON of a stated shape', () => {
  const schema = v.object({ list: v.array(v.object({ n: v.number() })) });
  const failure = (text: string) => {
    try {
      return fromJson(text, schema, 'host');
    } catch (error) {
      expect(error).toBeInstanceOf(FailureError);
      return (error as Error).message;
    }
  };

  it('is returned without what the shape does not name', () => {
    expect(failure('{"list":[{"n":1,"x":2}],"y":3}')).toEqual({ list: [{ n: 1 }] });
  });

  it.each([
    ['', 'host is not JSON: it is empty'],
    ['<!DOCTYPE html>\n<p>', 'host is not JSON: it begins with "<!DOCTYPE html> <p>"'],
    ['null', 'host has another shape: expected Object, got null'],
    ['{}', 'host has another shape: list is missing'],
    ['{"list":{}}', 'host has another shape: list: expected Array, got an object'],
    ['{"list":[{"n":1},null]}', 'host has another shape: list.1: expected Object, got null'],
    ['{"list":[{"n":"0.5"}]}', 'host has another shape: list.0.n: expected number, got "0.5"'],
    ['{"list":[{"n":[5]}]}', 'host has another shape: list.0.n: expected number, got a list'],
  ])('%j is refused: %s', (text, message) => {
    expect(failure(text)).toBe(message);
  });

  it('nested without measure is refused like any other', () => {
    expect(failure('['.repeat(1e6))).toMatch(/^host is not JSON/);
    expect(failure(`${'['.repeat(1e5)}${']'.repeat(1e5)}`)).toMatch(/^host has another shape/);
  });

  it('fails as the caller’s kind of error where one is given', () => {
    expect(() =>
      fromJson('1', schema, 'file', (message) => new UserError(message, { code: 'FORMAT_INVALID' })),
    ).toThrow(UserError);
  });
});
