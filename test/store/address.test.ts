import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { withoutSecrets } from '../../src/secrets.js';
import { readAddress } from '../../src/store/address.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'denscape-address-'));
  writeFileSync(join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\n');
  writeFileSync(join(folder, 'old.db'), 'SQLite format 3');
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (options: Partial<Parameters<typeof readAddress>[0]>, environment = {}) =>
  readAddress({ uri: 'http://localhost:19530', ...options }, environment);

describe('an address', () => {
  it.each([
    ['http://localhost', 'server', 'http://localhost:19530'],
    ['http://10.0.0.5:19531/', 'server', 'http://10.0.0.5:19531'],
    ['http://localhost:80', 'server', 'http://localhost:80'],
    ['http://u:p%40s@[::1]:80/press', 'server', 'http://[::1]:80'],
    ['https://milvus.example:443', 'server', 'https://milvus.example:443'],
    ['https://milvus.example', 'server', 'https://milvus.example:443'],
    ['tcp://milvus:19530', 'server', 'http://milvus:19530'],
    [
      'https://in03-5a.serverless.gcp-us-west1.cloud.zilliz.com',
      'cloud',
      'https://in03-5a.serverless.gcp-us-west1.cloud.zilliz.com:443',
    ],
    [
      'https://in01-1.aws-us-west-2.vectordb.zillizcloud.com:19530',
      'cloud',
      'https://in01-1.aws-us-west-2.vectordb.zillizcloud.com:19530',
    ],
  ])('%s is a %s at %s', (uri, kind, url) => {
    expect(read({ uri })).toMatchObject({ kind, url, name: url });
  });

  it('that is a path is Milvus Lite, whose folder is absolute and whose name is as written', () => {
    const address = read({ uri: './news.db' });
    expect(address).toMatchObject({ kind: 'lite', name: './news.db' });
    expect(address.path).toBe(join(process.cwd(), 'news.db'));
  });

  it('may carry user, password and database, which its name leaves out', () => {
    const address = read({ uri: 'https://ann:p%40ss@milvus:19530/press' });
    expect(address).toMatchObject({ token: 'ann:p@ss', database: 'press', name: 'https://milvus:19530' });
  });

  it('takes the token from the option first, then from MILVUS_TOKEN, then from the URL', () => {
    const uri = 'http://a:b@milvus';
    expect(read({ uri, token: 'option' }, { MILVUS_TOKEN: 'variable' }).token).toBe('option');
    expect(read({ uri }, { MILVUS_TOKEN: 'variable' }).token).toBe('variable');
    expect(read({ uri }).token).toBe('a:b');
  });

  it('with a certificate authority is https, and holds the file', () => {
    const address = read({ ca: join(folder, 'ca.pem') });
    expect(address.url).toBe('https://localhost:19530');
    expect(address.ca?.toString()).toContain('BEGIN CERTIFICATE');
  });

  it.each<[string, Partial<Parameters<typeof readAddress>[0]>, RegExp]>([
    ['an unknown scheme', { uri: 'ftp://milvus' }, /starts with ftp:\/\/; expected http/],
    ['no URL', { uri: 'http://user:secret@:x' }, /^store.uri is not a URL/],
    ['a host without a scheme', { uri: 'localhost:19530' }, /no scheme; write http:\/\/localhost:19530/],
    ['a certificate without its key', { cert: 'x.pem' }, /needs both files/],
    ['a file that is not there', { ca: '/nowhere/ca.pem' }, /ca \/nowhere\/ca\.pem can't be read \(ENOENT\)/],
    ['TLS on a path', { uri: './news.db', ca: 'ca.pem' }, /local path, which has no TLS/],
  ])('with %s is a user error that names the fix', (_, options, message) => {
    expect(() => read(options)).toThrow(UserError);
    expect(() => read(options)).toThrow(message);
    expect(() => read(options)).not.toThrow(/secret/);
  });

  it('that is a file is taken only where Milvus Lite 2 made it; version 3 keeps a folder', () => {
    expect(() => read({ uri: join(folder, 'ca.pem') })).toThrow(
      /is a file, but not one of Milvus Lite 2; Milvus Lite 3 keeps a folder/,
    );
    expect(read({ uri: join(folder, 'old.db') })).toMatchObject({
      kind: 'lite',
      path: join(folder, 'old.db'),
    });
  });

  it('refuses a certificate that is no PEM file', () => {
    expect(() => read({ ca: join(folder, 'old.db') })).toThrow(/is not a PEM file/);
  });
});

describe('a token in a message', () => {
  it('is taken out, with its base64 form and its password', () => {
    const token = 'root:hunter22';
    const leak = `bad ${token}, ${Buffer.from(token).toString('base64')}, hunter22`;
    expect(withoutSecrets(leak, token)).toBe('bad ***, ***, ***');
    expect(withoutSecrets('nothing here', token)).toBe('nothing here');
  });
});
