import { type FileHandle, open } from 'node:fs/promises';

/*
 * Reads just enough of an ONNX file (protocol buffers) to know which files of weights belong to it. Weights inside
 * are skipped, not read, so a file of 2 GB costs a few thousand small reads.
 *
 * Messages on the way to a tensor's `external_data`, by field number (onnx.proto3). `If`, `Loop` and functions hold
 * graphs and nodes of their own.
 */
type Kind =
  | 'model'
  | 'graph'
  | 'node'
  | 'attribute'
  | 'tensor'
  | 'sparse'
  | 'function'
  | 'training'
  | 'entry';
const INSIDE: Record<Kind, Record<number, Kind>> = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  training: { 1: 'graph', 2: 'graph' },
  function: { 7: 'node', 11: 'attribute' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: { 13: 'entry' },
  // StringStringEntryProto: key = 1, value = 2.
  entry: {},
};

/** Graphs within graphs; real ones nest two or three deep, each through a node and an attribute. */
const MOST_DEPTH = 100;
/** Bytes of an `external_data` key or value; a location is a file name. */
const MOST_STRING = 4096;
/** Weight files of one graph; the largest exports have a few hundred, one a tensor. */
const MOST_FILES = 20_000;
/** Read at a time. */
const CHUNK = 256 << 10;

/** The file is not an ONNX graph, or a damaged one; the message is a clause that says where it breaks off. */
export class NotOnnx extends Error {}

/**
 * Names of the weight files that the graph refers to, as it states them: relative to its folder, and not checked.
 * None when all is inside.
 * @throws NotOnnx
 */
export async function externalFiles(file: string, signal?: AbortSignal): Promise<string[]> {
  const handle = await open(file, 'r');
  try {
    const bytes = new FileBytes(handle, (await handle.stat()).size, signal);
    if (bytes.size === 0) throw new NotOnnx('it is empty');
    return await locations(bytes);
  } finally {
    await handle.close();
  }
}

/** A message that is being read: where it ends, and of an entry its key and value. */
interface Level {
  kind: Kind;
  end: number;
  key?: string;
  value?: string;
}

async function locations(bytes: FileBytes): Promise<string[]> {
  const names = new Set<string>();
  const levels: Level[] = [{ kind: 'model', end: bytes.size }];
  let hasGraph = false;
  while (levels.length > 0) {
    const level = levels[levels.length - 1];
    if (bytes.at === level.end) {
      levels.pop();
      if (level.kind === 'entry' && level.key === 'location' && level.value) names.add(level.value);
      if (names.size > MOST_FILES) throw new NotOnnx(`it names more than ${MOST_FILES} files of weights`);
      continue;
    }
    await bytes.ready(20); // a tag and a number, ten bytes each at most
    const tag = bytes.varint();
    const wire = tag % 8;
    const field = Math.floor(tag / 8);
    if (field === 0) throw new NotOnnx(`byte ${bytes.at - 1} begins no field`);
    if (wire === 0) bytes.varint();
    else if (wire === 1) bytes.at += 8;
    else if (wire === 5) bytes.at += 4;
    else if (wire === 2) {
      const length = bytes.varint();
      const end = bytes.at + length;
      if (end > level.end) throw new NotOnnx(`the field at byte ${bytes.at} is longer than what holds it`);
      const kind = INSIDE[level.kind][field];
      if (kind) {
        if (levels.length >= MOST_DEPTH) throw new NotOnnx(`graphs nest more than ${MOST_DEPTH} deep`);
        levels.push({ kind, end });
        hasGraph ||= kind === 'graph';
      } else if (level.kind === 'entry' && (field === 1 || field === 2)) {
        if (length > MOST_STRING) throw new NotOnnx(`a name of weights has ${length} bytes`);
        await bytes.ready(length);
        level[field === 1 ? 'key' : 'value'] = bytes.text(length);
      } else bytes.at = end;
    } else throw new NotOnnx(`byte ${bytes.at - 1} has the unknown wire type ${wire}`);
    if (bytes.at > level.end)
      throw new NotOnnx(`the field before byte ${bytes.at} is longer than what holds it`);
  }
  if (!hasGraph) throw new NotOnnx('it holds no graph');
  return [...names];
}

/** Bytes of a file at a moving place, read a chunk at a time. */
export class FileBytes {
  at = 0;
  #chunk = Buffer.alloc(0);
  #start = 0;

  constructor(
    readonly file: FileHandle,
    readonly size: number,
    readonly signal?: AbortSignal,
  ) {}

  /** Makes the next `length` bytes readable, or as many as there are. */
  async ready(length: number): Promise<void> {
    const end = Math.min(this.size, this.at + length);
    if (this.at >= this.#start && end <= this.#start + this.#chunk.length) return;
    this.signal?.throwIfAborted();
    const buffer = Buffer.allocUnsafe(Math.min(Math.max(CHUNK, length), this.size - this.at));
    const { bytesRead } = await this.file.read(buffer, 0, buffer.length, this.at);
    this.#chunk = buffer.subarray(0, bytesRead);
    this.#start = this.at;
    if (this.#start + bytesRead < end) throw new NotOnnx('it became shorter while it was read');
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 70; scale *= 128) {
      const byte = this.#chunk[this.at - this.#start];
      if (byte === undefined) throw new NotOnnx('it ends in the middle of a number');
      this.at++;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new NotOnnx(`the number before byte ${this.at} has more than ten bytes`);
  }

  /** A copy of the next `length` bytes, made ready before. */
  bytes(length: number): Buffer {
    const start = this.at - this.#start;
    this.at += length;
    return Buffer.from(this.#chunk.subarray(start, start + length));
  }

  text(length: number): string {
    const start = this.at - this.#start;
    this.at += length;
    return this.#chunk.toString('utf8', start, start + length);
  }
}
