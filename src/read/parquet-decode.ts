import { createContext, runInContext } from 'node:vm';
import { type AsyncBuffer, type DecodedArray, flatten, type RowGroup, type SchemaTree } from 'hyparquet';
import { assembleNested } from 'hyparquet/src/assemble.js';
import { readColumn } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { getTreePath } from 'hyparquet/src/schema.js';
import { compressors } from 'hyparquet-compressors';
import { inputError } from './input-error.js';
import { chunksOf } from './parquet-checks.js';

/** Time that a column of a row group may take: sound ones take a fiftieth of it. */
const BASE_MS = 1000;
const MS_PER_MIB = 1000;

/**
 * The values of a top-level column in a row group, decoded by hyparquet's own stages, which run one after another here:
 * a damaged page can send them into loops of billions of steps, and only a synchronous call can be stopped.
 * @throws UserError where a page can't be decoded in time.
 */
export async function decodeColumn(
  file: AsyncBuffer,
  group: RowGroup,
  root: SchemaTree,
  node: SchemaTree,
  isFlat: boolean,
  source: string,
): Promise<DecodedArray> {
  const rows = Number(group.num_rows);
  const decoded = new Map<string, DecodedArray>();
  for (const { meta_data, start, end } of chunksOf(
    group,
    node.element.name,
    isFlat,
    file.byteLength,
    source,
  )) {
    const buffer = await file.slice(start, end);
    const schemaPath = getTreePath(root, meta_data.path_in_schema);
    const decoder = {
      pathInSchema: meta_data.path_in_schema,
      schemaPath,
      element: schemaPath[schemaPath.length - 1].element,
      ...meta_data,
      compressors: withEmptyPages,
      parsers: PARSERS,
      utf8: false,
    };
    const all = { groupStart: 0, groupRows: rows, selectStart: 0, selectEnd: rows };
    const values = inTime(
      () => flatten(readColumn({ view: new DataView(buffer), offset: 0 }, all, decoder).data),
      Number(meta_data.total_uncompressed_size),
      () => damaged(source, node.element.name),
    );
    decoded.set(meta_data.path_in_schema.join('.'), values);
  }
  if (node.children.length > 0) {
    const size = [...decoded.values()].reduce((sum, values) => sum + values.length, 0) * 8;
    inTime(
      () => assembleNested(decoded, node, PARSERS),
      size,
      () => damaged(source, node.element.name),
    );
  }
  return decoded.get(node.element.name) ?? [];
}

/** Times in 12 bytes, which Spark wrote for long, come as nanoseconds: a date would cut them to milliseconds. */
const PARSERS = { ...DEFAULT_PARSERS, timestampFromNanoseconds: (nanos: bigint) => nanos };

const damaged = (source: string, column: string) =>
  inputError(
    'FORMAT_INVALID',
    { source },
    `column "${column}" is damaged: its pages have no end; write the file again`,
  );

/** Some writers leave out even the empty frame that a compressor makes of no bytes. */
const withEmptyPages = Object.fromEntries(
  Object.entries(compressors).map(([codec, unpack]) => [
    codec,
    (input: Uint8Array, length: number) => (length === 0 ? new Uint8Array() : unpack(input, length)),
  ]),
);

const calls: { run?: () => unknown } = createContext({});

/** Runs a call that may loop for ever; `vm` is what Node has to interrupt one on its own thread. */
function inTime<T>(call: () => T, bytes: number, late: () => Error): T {
  let result: { value: T } | undefined;
  calls.run = () => {
    result = { value: call() };
  };
  try {
    const timeout = Math.min(BASE_MS + Math.ceil((bytes / 1024 ** 2) * MS_PER_MIB), 2 ** 31 - 1);
    runInContext('run()', calls, { timeout });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw late();
    throw cause;
  } finally {
    calls.run = undefined;
  }
  if (!result) throw late();
  return result.value;
}
