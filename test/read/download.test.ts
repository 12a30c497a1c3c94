import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTable } from '../../src/read/index.js';

const CSV = 'id,text\n1,first\n2,second\n';

describe('an address', () => {
  let server: Server;
  let base = '';
  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = request.url ?? '';
      if (url.startsWith('/table.csv')) response.end(CSV);
      else if (url === '/moved') response.writeHead(302, { location: '/table.csv' }).end();
      else if (url.startsWith('/loop')) response.writeHead(302, { location: '/loop' }).end();
      else if (url.startsWith('/elsewhere'))
        response.writeHead(302, { location: 'http://example.invalid/x.csv' }).end();
      else if (url.startsWith('/huge.csv'))
        response.writeHead(200, { 'content-length': String(2 ** 40) }).write('id');
      else if (url.startsWith('/cut.csv')) {
        response.writeHead(200, { 'content-length': '1000' }).write('id,text\n');
        setTimeout(() => response.destroy(), 20);
      } else response.writeHead(404).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test('is read, its size said first', async () => {
    const messages: string[] = [];
    const onProgress = ({ message }: { message?: string }) => {
      if (message) messages.push(message);
    };
    for (const path of ['/table.csv?signature=secret', '/moved']) {
      expect((await readTable(`${base}${path}`, { onProgress })).values[1]).toEqual(['first', 'second']);
    }
    expect(messages[0]).toMatch(/^table\.csv: .*, from 127\.0\.0\.1:\d+$/);
    expect(messages.join()).not.toContain('secret');
  });

  test.each([
    ['/none.csv', 'the server said 404', 'DOWNLOAD_FAILED'],
    ['/loop', 'more than 5 redirects', 'DOWNLOAD_FAILED'],
    ['/cut.csv', "can't be downloaded", 'DOWNLOAD_FAILED'],
    ['/elsewhere', 'only https is read', 'ADDRESS_REFUSED'],
    ['/huge.csv', 'more than 4 GiB', 'INPUT_TOO_LARGE'],
  ])('%s is refused: %s', async (path, message, code) => {
    const error = await readTable(`${base}${path}?signature=secret`).catch((cause) => cause);
    expect(error.message).toContain(message);
    expect(error.message).not.toMatch(/secret|\n/);
    expect(error).toMatchObject({ code, file: `${base}${path}` });
  });

  test('of plain http elsewhere, and any address offline, is refused', async () => {
    await expect(readTable('http://example.invalid/x.csv')).rejects.toThrow('only https is read');
    await expect(readTable(`${base}/table.csv`, {}, true)).rejects.toThrow('--offline allows none');
  });
});
