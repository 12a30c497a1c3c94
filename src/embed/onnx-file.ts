import { open } from 'node:fs/promises';

/*
 * Reads just enough of an ONNX file (protocol buffers) to know which files of weights belong beside it.
 * ModelProto.graph = 7; GraphProto.node = 1, .initializer = 5; NodeProto.attribute = 5; AttributeProto.t = 5;
 * TensorProto.external_data = 13 (StringStringEntryProto key = 1, value = 2).
 */

/** Names of the weight files that the graph refers to, relative to its folder; none when all is inside. */
export async function externalFiles(file: string): Promise<string[]> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    // A graph that keeps its weights inside is large and has none outside: only small ones are read whole.
    if (size > MOST_READ) return [];
    const bytes = Buffer.alloc(size);
    await handle.read(bytes, 0, size, 0);
    const names = new Set<string>();
    for (const graph of fields(bytes, 7)) {
      for (const tensor of fields(graph, 5)) addLocation(tensor, names);
      for (const node of fields(graph, 1)) {
        for (const attribute of fields(node, 5)) {
          for (const tensor of fields(attribute, 5)) addLocation(tensor, names);
        }
      }
    }
    return [...names];
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  } finally {
    await handle.close();
  }
}
const MOST_READ = 64 << 20;

function addLocation(tensor: Buffer, names: Set<string>): void {
  for (const entry of fields(tensor, 13)) {
    const [key] = fields(entry, 1);
    const [value] = fields(entry, 2);
    if (key?.toString() === 'location' && value) names.add(value.toString());
  }
}

/** The length-delimited fields with this number, in a message's bytes. */
function* fields(message: Buffer, wanted: number): Generator<Buffer> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError('a message ends in the middle of a number');
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new RangeError('a number has more than ten bytes');
  };
  while (at < message.length) {
    const tag = varint();
    const kind = tag % 8;
    if (kind === 0) varint();
    else if (kind === 1) at += 8;
    else if (kind === 5) at += 4;
    else if (kind === 2) {
      const length = varint();
      if (at + length > message.length) throw new RangeError('a field is longer than its message');
      if (Math.floor(tag / 8) === wanted) yield message.subarray(at, at + length);
      at += length;
    } else throw new RangeError(`wire type ${kind} is not known`);
  }
}
