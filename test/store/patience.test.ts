import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { openStore } from '../../src/store/open.js';
import { denscape } from '../helpers/cli.js';

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** A server that takes connections and says nothing; its address. */
async function silent(): Promise<string> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address at which nothing listens. */
async function nobody(): Promise<string> {
  const uri = await silent();
  const server = servers.pop();
  await new Promise((resolve) => server?.close(resolve));
  return uri;
}

/** What opening a store says before it fails, and its error. */
async function failure(uri: string, options: { timeout?: number; retries?: number }) {
  const said: string[] = [];
  const onProgress = ({ message }: { message?: string }) => message && said.push(message);
  const error = await openStore({ uri, ...options }, { onProgress }).catch((reason: Error) => reason);
  return { said, error: error as Error };
}

it('a server that says nothing is given up after `timeout`, three times at most', async () => {
  const uri = await silent();
  const { said, error } = await failure(uri, { timeout: 0.2, retries: 20 });
  expect(error.name).toBe('FailureError');
  expect(error.message).toMatch(/^Milvus at http:\/\/127\.0\.0\.1:\d+ did not answer Connect in time/);
  expect(said).toEqual([
    `Milvus at ${uri} did not complete Connect in time, attempt 2`,
    `Milvus at ${uri} did not complete Connect in time, attempt 3`,
  ]);
});

it.each([0, 1])('with %d retries a request is repeated as often', async (retries) => {
  for (const uri of [await silent(), await nobody()]) {
    const { said, error } = await failure(uri, { timeout: 0.2, retries });
    expect(error.message).toContain(uri);
    expect(said.length).toBe(retries);
  }
});

it('--timeout and --retries reach the requests of a command', async () => {
  const uri = await silent();
  const cluster = (...flags: string[]) =>
    denscape(['cluster', '--milvus', uri, '--collection', 'news', ...flags]);
  const run = await cluster('--timeout', '0.2', '--retries', '0');
  expect(run.code).toBe(1);
  expect(run.stderr).toContain('did not answer Connect in time');
  const refused = await cluster('--timeout', 'soon');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('--timeout');
});

it('a connection that was closed is not opened again', async () => {
  const before = sockets.size;
  await failure(await silent(), { timeout: 0.2, retries: 0 });
  const opened = sockets.size;
  expect(opened).toBeGreaterThan(before);
  // gRPC tries again at once, then after 0.2 s and more.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(sockets.size).toBe(opened);
});
