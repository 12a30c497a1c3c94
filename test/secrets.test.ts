import { afterEach, describe, expect, test, vi } from 'vitest';
import { cleanError, keepAddress, keepSecret, withoutSecrets } from '../src/secrets.js';

afterEach(() => vi.unstubAllEnvs());

const KEY = 'sk-proj/Zx9+&"7Qw\\e';

describe('a known secret is taken out', () => {
  const forms: [string, string][] = [
    ['as it is', KEY],
    ['in a URL', encodeURIComponent(KEY)],
    ['in a URL, in small letters', encodeURIComponent(KEY).replace(/%../g, (code) => code.toLowerCase())],
    ['in JSON', JSON.stringify(KEY)],
    ['in JSON within JSON', JSON.stringify({ header: `Authorization: Bearer ${KEY}` })],
    ['in HTML', KEY.replace(/&/g, '&amp;').replace(/"/g, '&quot;')],
    ['in base64', Buffer.from(KEY).toString('base64')],
    ['in base64 for URLs', Buffer.from(KEY).toString('base64url')],
    ['cut off at its end', `${KEY.slice(0, 13)}…`],
  ];
  test.each(forms)('%s', (_, form) => {
    const clean = withoutSecrets(`the server said: ${form} is wrong`, KEY);
    expect(clean).toContain('***');
    expect(clean).not.toMatch(/Zx9|sk-proj/);
    expect(clean).toMatch(/^the server said: .* is wrong$/);
  });

  test('also where a key has a line break, of which an error shows each part', () => {
    const broken = 'sk-first-part-77\nsecond-part-88\n';
    const clean = withoutSecrets(
      `Headers.append: "Bearer ${broken}" is invalid; "sk-first-part-77 second-part-88"; second-part-88`,
      broken,
    );
    expect(clean).not.toMatch(/first-part|second-part/);
  });

  test('and the password of a user:password pair, alone and as basic authentication', () => {
    const pair = 'somebody:hush-7f3a';
    const basic = Buffer.from(pair).toString('base64');
    expect(withoutSecrets(`${pair}, hush-7f3a, ${basic}`, pair)).toBe('***, ***, ***');
  });
});

test('variables of the environment are known without being named', () => {
  for (const name of ['HF_TOKEN', 'OPENAI_API_KEY', 'MILVUS_TOKEN', 'DENSCAPE_API_KEY']) {
    vi.stubEnv(name, `${name}-value-1`);
    expect(withoutSecrets(`got ${name}-value-1.`)).toBe('got ***.');
  }
});

test('passwords in URLs, keys in queries and authorization headers go whether known or not', () => {
  expect(withoutSecrets('no answer from https://me:pa:ss@w@host:8080/v1?a=1')).toBe(
    'no answer from https://***@host:8080/v1?a=1',
  );
  expect(withoutSecrets('GET http://h/v1?api_key=abc&x=1#f')).toBe('GET http://h/v1?api_key=***&x=1#f');
  expect(withoutSecrets('{"Authorization": "Bearer abcdef"}')).toBe('{"Authorization": "Bearer ***"}');
});

test('a password that makes its address no URL goes with it', () => {
  keepAddress('http://me:s3cret/x#y@host/v1');
  expect(withoutSecrets('"http://me:s3cret/x#y@host/v1" is not an address')).toBe(
    '"http://***@host/v1" is not an address',
  );
});

test.each([
  ['http//me:s3cret-1@host/v1', '"http//***@host/v1" is not an address'],
  ['me:s3cret-2@host:8080', '"***@host:8080" is not an address'],
  ['./data@home:x/news.db', '"./data@home:x/news.db" is not an address'],
])('an address without a scheme loses its password, a path keeps what is in it: %s', (address, said) => {
  keepAddress(address);
  expect(withoutSecrets(`"${address}" is not an address`)).toBe(said);
});

test('ordinary words that resemble a secret stay', () => {
  expect(withoutSecrets('texts of the context', 'text')).toBe('texts of the context');
  expect(withoutSecrets('production and database stay', 'production-key-1234')).toBe(
    'production and database stay',
  );
  expect(withoutSecrets('the database is full', 'database:hunter22')).toBe('the database is full');
  expect(withoutSecrets('Milvus at http://h:1 refused', 'root:Milvus')).toBe('Milvus at http://h:1 refused');
});

test('an error keeps its class; message, stack and causes lose the secret', () => {
  keepSecret('sk-kept-123456');
  const cause = new Error('inner sk-kept-123456');
  const error = new TypeError('outer sk-kept-123456', { cause });
  expect(cleanError(error)).toBe(error);
  expect(`${error.message}${error.stack}${cause.message}${cause.stack}`).not.toContain('sk-kept');
  expect(error).toBeInstanceOf(TypeError);
});
