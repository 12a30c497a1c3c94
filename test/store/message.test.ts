import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { expect, it } from 'vitest';
import { writeRequest } from '../../src/store/message.js';
import { int64Column, varcharColumn, vectorColumn } from '../../src/store/wire.js';

interface Method {
  requestSerialize(request: object): Buffer;
  requestDeserialize(bytes: Buffer): unknown;
}

/** A method of the service as the SDK encodes it; no server is called. */
async function method(name: string): Promise<Method> {
  const client = new MilvusClient({
    address: '127.0.0.1:1',
    telemetry: { enabled: false },
    logLevel: 'error',
    __SKIP_CONNECT__: true,
  });
  const channel = await client.channelPool.acquire();
  try {
    return (channel as unknown as { constructor: { service: Record<string, Method> } }).constructor.service[
      name
    ];
  } finally {
    await client.channelPool.release(channel);
    await client.closeConnection();
  }
}

it.each(['Upsert', 'Insert'])('vectors of %s are read as the SDK would have written them', async (name) => {
  const { requestSerialize, requestDeserialize } = await method(name);
  const rows = 300;
  const dim = 7;
  const data = Float32Array.from({ length: (rows + 2) * dim }, (_, i) => Math.sin(i) * 10 ** ((i % 70) - 35));
  const ids = Array.from({ length: rows }, (_, row) => String(2n ** 62n + BigInt(row)));
  const texts = ids.map((id) => `text ü ${id}`);
  const request = (vectors: object) => ({
    collection_name: 'news',
    fields_data: [int64Column('id', ids), vectors, varcharColumn('text', texts)],
    num_rows: rows,
  });
  // Vectors that begin in the middle of an array, under a name of several bytes a letter.
  const column = vectorColumn('embedding_ü', 'FloatVector', data, dim, 1, rows + 1);
  const plain = {
    ...column,
    vectors: { dim, float_vector: { data: Array.from(data.subarray(dim, (rows + 1) * dim)) } },
  };
  const sorted = (bytes: Buffer) => {
    const read = requestDeserialize(bytes) as { fields_data: { field_name: string }[] };
    return { ...read, fields_data: read.fields_data.sort((a, b) => (a.field_name < b.field_name ? -1 : 1)) };
  };
  const bytes = writeRequest(requestSerialize, request(column));
  expect(sorted(bytes)).toEqual(sorted(requestSerialize(request(plain))));
  expect(bytes.length).toBe(requestSerialize(request(plain)).length);
});

it('other requests are those of the SDK', async () => {
  const { requestSerialize } = await method('Query');
  const request = { collection_name: 'news', expr: 'id in [1]', output_fields: ['text'] };
  expect(writeRequest(requestSerialize, request)).toEqual(requestSerialize(request));
});
