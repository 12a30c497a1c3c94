import { describe, expect, it } from 'vitest';
import { followRedirects, type Sending } from '../src/redirects.js';

/** Answers by address; everything else is a 200. Notes what was sent. */
async function follow(
  start: string,
  redirects: Record<string, [status: number, location: string]>,
  { hasBody = false, headers = { authorization: 'Bearer key', accept: 'x' } as Record<string, string> } = {},
) {
  const sent: Sending[] = [];
  let cancelled = 0;
  const response = await followRedirects(start, headers, hasBody, async (sending) => {
    sent.push(sending);
    const [status, location] = redirects[sending.url] ?? [200, null];
    return {
      status,
      headers: { get: (name: string) => (name === 'location' ? location : null) },
      body: {
        cancel: async () => {
          cancelled++;
        },
      },
    };
  });
  return { status: response.status, sent, cancelled };
}

describe('a request without a body', () => {
  it('keeps its headers at its origin and loses its credentials at another', async () => {
    const { sent, cancelled } = await follow('https://hub/a', {
      'https://hub/a': [307, '/b'],
      'https://hub/b': [302, 'https://cdn/c'],
      'https://cdn/c': [302, 'https://hub/d'],
    });
    expect(sent.map(({ url }) => url)).toEqual([
      'https://hub/a',
      'https://hub/b',
      'https://cdn/c',
      'https://hub/d',
    ]);
    expect(sent.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer key',
      'Bearer key',
      undefined,
      undefined,
    ]);
    expect(sent[3].headers).toEqual({ accept: 'x' });
    expect(cancelled).toBe(3);
  });

  it.each([
    ['http://other/', /without encryption/],
    ['file:///etc/passwd', /begins with file:/],
    ['data:,x', /begins with data:/],
    ['https://', /not an address/],
    ['https://hub/a', /redirects on and on, last to hub; 5 redirects were followed/],
  ])('is not sent on to %s', async (location, message) => {
    await expect(follow('https://hub/a', { 'https://hub/a': [302, location] })).rejects.toThrow(message);
  });

  it('takes no user and password from a redirect', async () => {
    const { sent } = await follow('https://hub/a', { 'https://hub/a': [302, 'https://me:pw@hub/b'] });
    expect(sent[1]).toEqual({ url: 'https://hub/b', headers: { authorization: 'Bearer key', accept: 'x' } });
  });
});

describe('a request with a body', () => {
  it.each([307, 308])('is repeated at its own origin (%i)', async (status) => {
    const { sent } = await follow('https://api/v1', { 'https://api/v1': [status, 'v2'] }, { hasBody: true });
    expect(sent.map(({ url }) => url)).toEqual(['https://api/v1', 'https://api/v2']);
  });

  it.each([
    [307, 'https://other/v1', /redirects to https:\/\/other, where your texts are not sent/],
    [308, 'https://api:8443/v1', /where your texts are not sent/],
    [302, '/v2', /with GET, which drops the request/],
  ])('is not sent on by %i to %s', async (status, location, message) => {
    const redirects = { 'https://api/v1': [status, location] as [number, string] };
    await expect(follow('https://api/v1', redirects, { hasBody: true })).rejects.toThrow(message);
  });
});

describe('user and password in an address', () => {
  it('become a header, unless there is one', async () => {
    const basic = `Basic ${Buffer.from('me:p@w').toString('base64')}`;
    const { sent } = await follow('https://me:p%40w@hub/a', {}, { headers: {} });
    expect(sent).toEqual([{ url: 'https://hub/a', headers: { authorization: basic } }]);
    expect((await follow('https://me:pw@hub/a', {})).sent[0].headers.authorization).toBe('Bearer key');
  });
});
