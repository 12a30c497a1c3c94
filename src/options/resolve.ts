import * as v from 'valibot';
import { UserError } from '../errors.js';
import { nearestName } from './nearest.js';
import type { IsOptional, Lookup, OptionTable, SettingsOf } from './option.js';

/** One record per stage; undefined for a stage whose group was not given (`store`, `naming`). */
export type StageSettings<T> = {
  readonly [S in keyof T]: IsOptional<T[S]> extends true ? SettingsOf<T[S]> | undefined : SettingsOf<T[S]>;
};

/** Splits `store.uri` into the group `store` and the name `uri`. */
export function splitPath(path: string): { group?: string; name: string } {
  const dot = path.indexOf('.');
  return dot < 0 ? { name: path } : { group: path.slice(0, dot), name: path.slice(dot + 1) };
}

/**
 * Decides every option of one table: checks what was given, and fills in what was left out.
 * @returns a frozen record of values by the last part of their paths.
 * @throws UserError, one line, for an unknown option and for a value or a combination that can't be.
 */
export function resolveOptions<T extends OptionTable>(table: T, given: object): SettingsOf<T> {
  return settingsOf(table, valuesOf(table, given)) as SettingsOf<T>;
}

/** As `resolveOptions`, for tables of several stages at once. */
export function resolveStages<T extends Readonly<Record<string, OptionTable>>>(
  tables: T,
  given: object,
): StageSettings<T> {
  const all: OptionTable = Object.assign({}, ...Object.values(tables));
  const values = valuesOf(all, given);
  const stages = Object.entries(tables).map(([stage, table]) => [stage, settingsOf(table, values)]);
  return Object.freeze(Object.fromEntries(stages)) as StageSettings<T>;
}

/** Checks options as they were given, without what only shows when all are known: required ones and rules. */
export function checkGiven(table: OptionTable, given: object): void {
  refuseUnknown(table, given);
  for (const path of Object.keys(table)) {
    const value = givenAt(given, path);
    if (value !== undefined) parse(table, path, value);
  }
}

type Values = { has(group: string): boolean; of: Lookup };

function valuesOf(table: OptionTable, given: object): Values {
  refuseUnknown(table, given);
  const has = (group: string) => (given as Record<string, unknown>)[group] !== undefined;
  const decided = new Map<string, unknown>();
  const of = (path: string): unknown => {
    if (!(path in table)) return undefined;
    if (!decided.has(path)) decided.set(path, decide(path));
    return decided.get(path);
  };
  /** A name is meant within the group of `path` first; `self`, which is being decided, is left out. */
  const from = (path: string, self?: string): Lookup => {
    const { group } = splitPath(path);
    return (name) => {
      const inGroup = `${group}.${name}`;
      return of(inGroup in table && inGroup !== self ? inGroup : name);
    };
  };
  const decide = (path: string): unknown => {
    const { default: usual, fallback, required } = table[path];
    const value = givenAt(given, path);
    if (value !== undefined) return parse(table, path, value);
    const { group } = splitPath(path);
    if (required && group !== undefined && has(group)) {
      const others = Object.keys(Object(given)[group]).map((name) => `\`${group}.${name}\``);
      throw new UserError(`${path} must be given${others.length > 0 ? ` with ${others[0]}` : ''}`, {
        code: 'OPTION_MISSING',
        option: path,
      });
    }
    return fallback ? fallback.value(from(path, path)) : usual;
  };
  // All values first, so that a wrong value is reported before a wrong combination.
  for (const path of Object.keys(table)) of(path);
  for (const [path, { rule }] of Object.entries(table)) {
    const wrong = rule?.(from(path));
    if (wrong !== undefined) throw refusal(table, path, wrong, of(path));
  }
  return { has, of };
}

function settingsOf(table: OptionTable, { has, of }: Values): object | undefined {
  const paths = Object.keys(table);
  const isAbsent = paths.some((path) => {
    const { group } = splitPath(path);
    return table[path].required && group !== undefined && !has(group);
  });
  if (isAbsent) return undefined;
  return Object.freeze(Object.fromEntries(paths.map((path) => [splitPath(path).name, of(path)])));
}

/** The value at a path of options as they were given, checked or not. */
export function givenAt(given: object, path: string): unknown {
  const { group, name } = splitPath(path);
  const holder: unknown = group === undefined ? given : Object(given)[group];
  return holder === null || typeof holder !== 'object'
    ? undefined
    : (holder as Record<string, unknown>)[name];
}

/**
 * Of a stage's settings, those that a library call with this table takes: the stage may have more of its own.
 * @returns a new object; values left undefined are decided by the call.
 */
export function pickOptions<S extends object, T extends OptionTable>(
  settings: S,
  table: T,
): Pick<S, keyof S & keyof T> {
  const taken = Object.entries(settings).filter(([name]) => name in table);
  return Object.fromEntries(taken) as Pick<S, keyof S & keyof T>;
}

function refuseUnknown(table: OptionTable, given: object): void {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    throw new UserError(`options must be an object such as { seed: 1 }; got ${show(given)}`, {
      code: 'OPTION_INVALID',
    });
  }
  const paths = Object.keys(table);
  const groups = new Set(paths.map((path) => splitPath(path).group).filter((group) => group !== undefined));
  for (const [name, value] of Object.entries(given)) {
    if (name in table) continue;
    if (!groups.has(name)) throw unknown(name, paths);
    if (value === undefined) continue;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      const some = paths.filter((path) => path.startsWith(`${name}.`)).map((path) => splitPath(path).name);
      throw new UserError(`${name} must be an object with ${some.join(', ')}; got ${show(value)}`, {
        code: 'OPTION_INVALID',
        option: name,
      });
    }
    for (const inner of Object.keys(value)) {
      if (`${name}.${inner}` in table) continue;
      const own = paths.filter((path) => path.startsWith(`${name}.`));
      throw unknown(`${name}.${inner}`, own);
    }
  }
}

/** Options of the command alone, and what does the same in code. */
const IN_CODE = new Map([
  ['out', "files are written by `await result.save('topics')`"],
  ['quiet', 'nothing is printed without `onProgress`'],
]);

function unknown(name: string, known: string[]): UserError {
  const nearest = nearestName(name, known);
  const otherwise = IN_CODE.get(name) ?? `known: ${known.join(', ')}`;
  const hint = nearest ? `did you mean \`${nearest}\`?` : otherwise;
  return new UserError(`unknown option ${name}; ${hint}`, { code: 'OPTION_UNKNOWN', option: name });
}

function parse(table: OptionTable, path: string, value: unknown): unknown {
  const result = v.safeParse(table[path].schema, value);
  if (result.success) return result.output;
  throw refusal(table, path, ruleOf(result.issues[0]), value);
}

/** The message of the innermost rule of our own; of a union, that of the union. */
function ruleOf(issue: v.BaseIssue<unknown>): string {
  if (/^(must|pca)/.test(issue.message)) return issue.message;
  return issue.issues ? ruleOf(issue.issues[0]) : `is not valid: ${issue.message}`;
}

function refusal(table: OptionTable, path: string, rule: string, value: unknown): UserError {
  const got = table[path].secret ? 'the value given' : show(value);
  return new UserError(`${path} ${rule}; got ${got}`, { code: 'OPTION_INVALID', option: path });
}

/** A value in a message: short, one line. */
export function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  const written = JSON.stringify(value) ?? String(value);
  return written.length > 80 ? `${written.slice(0, 79)}…` : written;
}
