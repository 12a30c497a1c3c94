import type { Arena } from './arena.js';

/** Where the fields of an AssemblyScript class lie; the build writes it from the compiler's own offsets. */
export interface Layout<Field extends string> {
  readonly bytes: number;
  readonly fields: Readonly<Record<Field, { readonly at: number; readonly type: string }>>;
}

/** Numbers and pointers for such a class; what is left out is 0. */
export type Struct<L> = L extends Layout<infer Field> ? Partial<Record<Field, number>> : never;

/** Writes a struct into the arena and returns its pointer. */
export function putStruct<Field extends string>(
  arena: Arena,
  { bytes, fields }: Layout<Field>,
  values: Partial<Record<Field, number>>,
): number {
  const pointer = arena.alloc(bytes);
  const view = new DataView(arena.memory.buffer, pointer, bytes);
  for (const name of Object.keys(fields) as Field[]) {
    const { at, type } = fields[name];
    const value = values[name] ?? 0;
    if (type === 'f64') view.setFloat64(at, value, true);
    else if (type === 'f32') view.setFloat32(at, value, true);
    else view.setUint32(at, value, true);
  }
  return pointer;
}
