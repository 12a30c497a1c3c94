import type { Arena } from './arena.js';

/** Where the fields of an AssemblyScript class lie; the build writes it from the compiler's own offsets. */
export interface Layout<Field extends string> {
  readonly bytes: number;
  readonly fields: Readonly<Record<Field, { readonly at: number; readonly type: string }>>;
}

/** Numbers and pointers for such a class. */
export type Struct<L> = L extends Layout<infer Field> ? Record<Field, number> : never;

/** Writes a struct into the arena and returns its pointer. What is left out is 0. */
export function putStruct<Field extends string>(
  arena: Arena,
  layout: Layout<Field>,
  values: Partial<Record<Field, number>>,
): number {
  const zeros = Object.fromEntries(Object.keys(layout.fields).map((name) => [name, 0])) as Record<
    Field,
    number
  >;
  return putStructs(arena, layout, [{ ...zeros, ...values }]);
}

/** Writes structs into the arena, one after the other, and returns the pointer of the first. */
export function putStructs<Field extends string>(
  arena: Arena,
  layout: Layout<Field>,
  all: Record<Field, number>[],
): number {
  const pointer = arena.alloc(layout.bytes * all.length);
  for (const [at, values] of all.entries()) setStruct(arena, layout, pointer + at * layout.bytes, values);
  return pointer;
}

/** Writes a struct to where one was before. */
export function setStruct<Field extends string>(
  { memory }: Arena,
  { bytes, fields }: Layout<Field>,
  pointer: number,
  values: Record<Field, number>,
): void {
  const view = new DataView(memory.buffer, pointer, bytes);
  for (const name of Object.keys(fields) as Field[]) {
    const { at, type } = fields[name];
    const value = values[name];
    if (type === 'f64') view.setFloat64(at, value, true);
    else if (type === 'f32') view.setFloat32(at, value, true);
    else view.setUint32(at, value, true);
  }
}
