import { afterAll, beforeAll, expect, it } from 'vitest';
import { FailureError, UserError } from '../../src/errors.js';
import { openStore } from '../../src/store/open.js';
import type { StoreOptions } from '../../src/store/options.js';
import {
  type Certificates,
  type MilvusServer,
  makeCertificates,
  scratch,
  startMilvus,
} from '../helpers/milvus.js';

let server: MilvusServer;
let folder: Awaited<ReturnType<typeof scratch>>;
let certificates: Certificates;
let uri: string;

beforeAll(async () => {
  folder = await scratch('tls');
  certificates = await makeCertificates(folder.path);
  server = await startMilvus({
    tls: 'mutual',
    certificates,
    // A kilobyte: full after the first rows that reach the disk.
    config: ['quotaAndLimits.limitWriting.diskProtection.diskQuota=0.001'],
  });
  uri = `https://localhost:${server.port}`;
});
afterAll(async () => {
  await server?.stop();
  await folder?.remove();
});

const full = (): StoreOptions => ({
  uri,
  ca: certificates.ca,
  cert: certificates.clientCert,
  key: certificates.clientKey,
});
const refused = (options: StoreOptions) =>
  openStore(options).then(
    () => new Error('it opened'),
    (error) => error as Error,
  );

it('a private authority and a client certificate open the connection', async () => {
  const store = await openStore(full());
  try {
    expect(await store.describe()).toMatchObject({
      kind: 'server',
      address: uri,
      version: 'v2.3.5-lite',
      rows: 0,
    });
  } finally {
    await store.close();
  }
});

it('an unknown authority is refused with what to give', async () => {
  const error = await refused({ uri });
  expect(error).toBeInstanceOf(UserError);
  expect(error.message).toMatch(
    /TLS connection was refused \((unable to verify|self.signed).*give the certificate authority with ca/,
  );
});

it('a missing client certificate is reported as a refused TLS connection', async () => {
  const error = await refused({ uri, ca: certificates.ca });
  expect(error).toBeInstanceOf(UserError);
  expect(error.message).toMatch(/TLS connection was refused .*the client certificate with cert and key/);
});

it('http:// to a TLS server fails with the advice to use https://', async () => {
  // The server closes the connection; the error depends on which end notices first.
  const error = await refused({ uri: server.uri });
  expect(error).toBeInstanceOf(UserError);
  expect(error.message).toMatch(/^Milvus at http:.*(does not answer|TLS connection was refused).*https:\/\//);
});

it('a full disk is reported in one line, without retrying', async () => {
  const store = await openStore(full());
  try {
    const texts = Array.from({ length: 500 }, (_, i) => `text ${i}`);
    const rows = {
      ids: store.ids('m', texts),
      texts,
      vectors: { data: new Float32Array(500 * 64).fill(0.5), rows: 500, cols: 64 },
    };
    await store.prepare({ dimensions: 64, model: 'm' });
    const start = Date.now();
    // The server measures its disk every three seconds.
    const error = await (async () => {
      for (;;) {
        await store.upsert(rows);
        if (Date.now() - start > 60_000) return new Error('it never filled up');
        await store.flush();
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    })().catch((failure) => failure as Error);
    expect(error).toBeInstanceOf(FailureError);
    expect(error.message).toMatch(/its disk is full \(.*disk quota exceeded.*stored rows are kept/);
  } finally {
    await store.close();
  }
});
