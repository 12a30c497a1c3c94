import { describe, expect, it } from 'vitest';
import { FailureError, UserError } from '../../src/errors.js';
import { readAddress } from '../../src/store/address.js';
import { explain, MilvusError, worthRetrying } from '../../src/store/failure.js';

const scene = {
  address: readAddress({ uri: 'http://milvus:19530', token: 'ann:hunter22', database: 'press' }, {}),
  collection: 'news',
  vectorField: 'embedding',
};
const grpc = (status: number, message: string) => new MilvusError(message, 'Upsert', status, 0, false);
const milvus = (code: number, message: string, retriable = false) =>
  new MilvusError(message, 'Upsert', 0, code, retriable);
const line = (error: MilvusError) => explain(error, scene) as Error;

describe('a failure becomes one line', () => {
  it.each<[string, MilvusError, typeof FailureError | typeof UserError, RegExp]>([
    [
      'no server at the address',
      grpc(
        14,
        'No connection established. Last error: Error: connect ECONNREFUSED 1.2.3.4:1. Resolution note: ',
      ),
      FailureError,
      /^Milvus at http:\/\/milvus:19530 does not answer \(connect ECONNREFUSED 1\.2\.3\.4:1\); check that it runs/,
    ],
    [
      'TLS',
      grpc(
        14,
        'No connection established. Last error: Error: 80AC:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:x.c:350:',
      ),
      UserError,
      /TLS connection was refused \(wrong version number\)/,
    ],
    [
      'wrong token',
      grpc(16, 'auth check failure, please check api key is correct'),
      UserError,
      /refused the token; .*MILVUS_TOKEN/,
    ],
    [
      'wrong token in Milvus 2.3',
      milvus(65535, 'auth check failure, please check username and password are correct'),
      UserError,
      /refused the token/,
    ],
    [
      'no privilege',
      grpc(7, 'PrivilegeUpsert: permission deny'),
      UserError,
      /this user may not do that \(Upsert on news\)/,
    ],
    [
      'database',
      milvus(800, 'database not found[database=press]'),
      UserError,
      /no database press; create it there/,
    ],
    ['collection', milvus(100, "can't find collection"), UserError, /no collection news/],
    [
      'disk quota',
      milvus(9, 'quota exceeded[reason=disk quota exceeded, please allocate more resources]'),
      FailureError,
      /its disk is full .*stored rows are kept/,
    ],
    [
      'disk of Milvus Lite',
      milvus(1, '[Errno 28] No space left on device'),
      FailureError,
      /its disk is full/,
    ],
    [
      'index',
      milvus(700, 'index not found[collection=news]'),
      UserError,
      /no index on embedding, .*can't load it/,
    ],
    [
      'not loaded',
      milvus(101, 'failed to query: collection not loaded[collection=47]'),
      FailureError,
      /collection news is not loaded .*; load it/,
    ],
    [
      'dimension',
      milvus(65535, 'vector dimension mismatch, expected vector size(byte) 16, actual 12'),
      UserError,
      /vectors of another dimension .* use the model that filled it/,
    ],
    [
      'filter',
      milvus(65535, 'cannot parse expression: frob, error: field frob not exist'),
      UserError,
      /the filter is not a Milvus expression/,
    ],
    ['memory', milvus(3, 'deny to load, insufficient memory'), FailureError, /has no memory for Upsert/],
    ['deadline', grpc(4, 'Deadline exceeded'), FailureError, /did not answer Upsert in time/],
    [
      'name',
      milvus(
        1100,
        'Invalid collection name: a b. collection name can only contain numbers, letters and underscores',
      ),
      UserError,
      /refused Upsert of news: Invalid collection name/,
    ],
    [
      'anything else',
      milvus(65535, 'panic\nat x.go:5\nat y.go:7'),
      FailureError,
      /^Milvus at http:\/\/milvus:19530: Upsert failed: panic$/,
    ],
  ])('%s', (_, error, type, message) => {
    expect(line(error)).toBeInstanceOf(type);
    expect(line(error).message).toMatch(message);
    expect(line(error).message).not.toContain('\n');
  });

  it('never repeats the token, even when the server does', () => {
    const leaks = [
      milvus(65535, 'bad token ann:hunter22'),
      grpc(14, `x ${Buffer.from('ann:hunter22').toString('base64')}`),
    ];
    for (const leak of leaks) expect(line(leak).message).not.toMatch(/hunter22|YW5u/);
  });

  it('passes on what is not from Milvus', () => {
    const own = new UserError('column x is blank', { code: 'COLUMN_INVALID' });
    expect(explain(own, scene)).toBe(own);
  });
});

describe('worth repeating', () => {
  it.each<[boolean, string, MilvusError]>([
    [true, 'a server that went away', grpc(14, 'connect ECONNREFUSED')],
    [true, 'a request that took too long', grpc(4, 'Deadline exceeded')],
    [true, 'a rate limit', milvus(8, 'rate limit exceeded')],
    [true, 'a server that wakes up', milvus(65535, 'Milvus Proxy is not ready yet. please wait')],
    [true, 'a collection that is being loaded again', milvus(101, 'collection not loaded')],
    [true, 'what Milvus calls retriable', milvus(5, 'something', true)],
    [false, 'a wrong token', grpc(16, 'auth check failure')],
    [false, 'a missing privilege', grpc(7, 'permission deny')],
    [false, 'a full disk', milvus(9, 'disk quota exceeded', true)],
    [false, 'a certificate', grpc(14, 'unable to verify the first certificate')],
    [false, 'a message over the limit', grpc(8, 'Received message larger than max')],
    [false, 'a wrong dimension', milvus(65535, 'vector dimension mismatch')],
  ])('%s: %s', (expected, _, error) => {
    expect(worthRetrying(error)).toBe(expected);
  });
});
