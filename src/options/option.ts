import type * as v from 'valibot';

/** Looks up the decided value of another option of the same table, by its path or by its name in the same group. */
export type Lookup = (path: string) => unknown;

/**
 * One option. Its key in a table is its path in the API (`minClusterSize`, `layout.minDist`). In `help`,
 * `unset` and rules, another option is written by its path in backticks; the command line shows its flag instead.
 */
export interface Option {
  /** Type and range. Its messages read after the option's name: "must be a whole number of at least 1". */
  schema: v.GenericSchema;
  /** One sentence without its full stop, for `--help` and docs/options.md. */
  help: string;
  /** Values that only code can give, in words; docs/options.md adds it. */
  inCode?: string;
  /** The value where the option is left out. */
  default?: unknown;
  /** Default that depends on other options: its value, and its description. */
  fallback?: { text: string; value(of: Lookup): unknown };
  /** Description of a default that the stage decides from the data or the machine. The value is then undefined. */
  unset?: string;
  /** The group (`store` of `store.uri`) can't be used without it. */
  required?: true;
  /**
   * Flag and placeholder, such as `--min-dist <d>`. Default: the path in kebab-case, which is always accepted too.
   * False for what only code can give.
   */
  flag?: string | false;
  /** Of a switch that is on by default: what the flag that turns it off does. */
  off?: string;
  /** Flags of earlier versions that are still accepted, such as `--format`. */
  formerFlags?: readonly string[];
  /** Belongs to the command line alone: `cluster()` does not take it. */
  commandOnly?: true;
  /**
   * Whether a `denscape.config.json` that was found in the current folder, not named with `--config`, may set it (or
   * this value). False for options that decide where texts, keys or files go, which files are loaded as a model, or
   * that confirm questions: the folder's author may not be its user. Default true.
   */
  foundConfig?: false | ((value: unknown) => boolean);
  /** A URL that may hold a user name and a password; these are never printed either. */
  address?: true;
  /** Never printed, logged or written. */
  secret?: true;
  /** False: can't change a result, so it stands in no report. */
  reported?: false;
  /** A rule between options: what is wrong, to be read after the option's name; undefined where all is well. */
  rule?(of: Lookup): string | undefined;
}

export type OptionTable = Readonly<Record<string, Option>>;

/** Types a record: its default must be a value that its schema gives. */
export const option = <const R extends Option>(record: R & { default?: v.InferOutput<R['schema']> }): R =>
  record;

type Schema<O> = O extends { schema: infer S extends v.GenericSchema } ? S : never;
type Decided<O> = O extends { default: unknown } | { fallback: unknown } | { required: true }
  ? v.InferOutput<Schema<O>>
  : v.InferOutput<Schema<O>> | undefined;

type Leaf<P extends string> = P extends `${string}.${infer L}` ? L : P;
type GroupsOf<T> = keyof T extends infer P ? (P extends `${infer G}.${string}` ? G : never) : never;
type IsRequired<O> = O extends { required: true } ? true : false;

/** What a caller may give for the options of one group. */
type GroupOptions<T, G extends string> = {
  -readonly [P in keyof T as P extends `${G}.${infer L}`
    ? IsRequired<T[P]> extends true
      ? never
      : L
    : never]?: v.InferInput<Schema<T[P]>>;
} & {
  -readonly [P in keyof T as P extends `${G}.${infer L}`
    ? IsRequired<T[P]> extends true
      ? L
      : never
    : never]: v.InferInput<Schema<T[P]>>;
};

/** What a caller may give: every option optional, those with a dot in an object named before it. */
export type OptionsOf<T> = {
  -readonly [P in keyof T as P extends `${string}.${string}` ? never : P]?: v.InferInput<Schema<T[P]>>;
} & { [G in GroupsOf<T>]?: Simplify<GroupOptions<T, G>> };

type Simplify<T> = { [K in keyof T]: T[K] };

/** Every option of a table decided, by the last part of its path. */
export type SettingsOf<T> = {
  readonly [P in keyof T & string as Leaf<P>]: Decided<T[P]>;
};

/** A table of a group that need not be there: one of its options is required. */
export type IsOptional<T> = true extends { [P in keyof T]: IsRequired<T[P]> }[keyof T] ? true : false;
