import type { GenericSchema } from 'valibot';

/** What a flag of an option can take. */
export interface Kinds {
  number: boolean;
  text: boolean;
  /** Given without a value. */
  flag: boolean;
  list: boolean;
  /** name=value. */
  pairs: boolean;
}

/** Parts of valibot's schemas that are read here. */
interface Parts {
  type: string;
  options?: readonly unknown[];
  pipe?: readonly unknown[];
  literal?: unknown;
}

const isSchema = (value: unknown): value is Parts =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema';

/** The schema and, for a union, its members. */
function membersOf(schema: unknown): Parts[] {
  if (!isSchema(schema)) return [];
  const [first] = schema.pipe ?? [];
  if (isSchema(first) && first !== schema && first.type === 'union') return membersOf(first);
  return schema.type === 'union' ? (schema.options ?? []).flatMap(membersOf) : [schema];
}

export function kindsOf(schema: GenericSchema): Kinds {
  const members = membersOf(schema);
  const has = (...types: string[]) => members.some(({ type }) => types.includes(type));
  return {
    number: has('number'),
    text: has('string'),
    flag: has('boolean'),
    list: has('array'),
    pairs: has('record'),
  };
}

/** The names that an option takes; empty where any text or number will do. */
export function choicesOf(schema: GenericSchema): string[] {
  const members = membersOf(schema);
  if (members.some(({ type }) => type === 'string')) return [];
  return members.flatMap(({ type, options, literal }) =>
    type === 'picklist' ? (options ?? []).map(String) : type === 'literal' ? [String(literal)] : [],
  );
}
