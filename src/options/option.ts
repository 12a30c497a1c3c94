import type * as v from 'valibot';

/** Looks up the decided value of another option of the same table, by its path or by its name in the same group. */
export type Lookup = (path: string) => unknown;

/**
 * One option, said once. Its key in a table is its path in the API (`minClusterSize`, `layout.minDist`). In `help`,
 * `unset` and rules, another option is written by its path in backticks; the command line shows its flag instead.
 */
export interface Option {
  /** Type and range. Its messages read after the option's name: "must be a whole number of at least 1". */
  schema: v.GenericSchema;
  /** One sentence without its full stop, from `--help` and docs/options.md. */
  help: string;
  /** What a program can give besides, in words; docs/options.md adds it. */
  inCode?: string;
  /** The value where the option is left out. */
  default?: unknown;
  /** Where the default depends on other options: their value, and how that is said. */
  fallback?: { text: string; value(of: Lookup): unknown };
  /** Where the stage decides from the data or the machine: how that is said. The value is then undefined. */
  unset?: string;
  /** The group (`store` of `store.uri`) can't be used without it. */
  required?: true;
  /**
   * Flag and placeholder, such as `--min-dist <d>`. Default: the path in kebab-case, which is accepted besides in any
   * case. False for what only a program can give.
   */
  flag?: string | false;
  /** Flags of earlier versions that are still accepted, such as `--format`. */
  formerFlags?: readonly string[];
  /** Belongs to the command line alone: `cluster()` does not take it. */
  commandOnly?: true;
  /**
   * Whether a `denscape.config.json` that nobody named may set it, or may set this value. False for what decides where
   * texts, keys or files go, whose files are read as a model, and that questions are answered with yes: the folder may
   * be of somebody else. Default true.
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
