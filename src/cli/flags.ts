import { type Command, Option as Flag } from 'commander';
import { UserError } from '../errors.js';
import { globalOptions, OPTIONS_IN } from '../options/command.js';
import type { Option, OptionTable, SettingsOf } from '../options/option.js';
import { resolveOptions, splitPath } from '../options/resolve.js';
import { ALL_OPTIONS, type CommandOptions, type OptionStage } from '../options/table.js';
import { choicesOf, kindsOf } from './kinds.js';
import { readSecret } from './secret-flag.js';

/** Headings of `--help`, by the stage whose options they hold. */
const HEADINGS: Record<Exclude<OptionStage, 'watch'>, string> = {
  read: 'Texts:',
  split: 'Texts:',
  facet: 'Embedding:',
  embed: 'Embedding:',
  store: 'Milvus:',
  neighbors: 'Clusters:',
  tree: 'Clusters:',
  layout: 'Map:',
  topics: 'Topics:',
  given: 'Topics:',
  naming: 'Topics:',
  output: 'Files:',
};

const kebab = (path: string): string =>
  path.replace(/\./g, '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `--min-dist` of `--min-dist <d>`; undefined for what only a program can give. */
export function flagOf(path: string): string | undefined {
  const record = ALL_OPTIONS.get(path);
  if (!record || record.flag === false) return undefined;
  return record.flag ? record.flag.split(' ')[0] : `--${kebab(path)}`;
}

/** Flag and placeholder as `--help` shows them. */
export function usageOf(path: string, record: Option): string {
  if (record.flag) return record.flag;
  const { number, text } = kindsOf(record.schema);
  const value = number ? ' <n>' : text ? ' <value>' : choicesOf(record.schema).length > 0 ? ' <name>' : '';
  return `--${kebab(path)}${value}`;
}

/** Other flags that are accepted: the whole path in kebab-case, and those of earlier versions. */
export function otherFlagsOf(path: string, record: Option): string[] {
  const whole = `--${kebab(path)}`;
  return [...(whole === flagOf(path) ? [] : [whole]), ...(record.formerFlags ?? [])];
}

/** A message or help text with options written as on a command line, those of the group of `near`, but for itself, first. */
export function withFlags(text: string, near = ''): string {
  const { group } = splitPath(near);
  const inGroup = (path: string) => (`${group}.${path}` === near ? undefined : flagOf(`${group}.${path}`));
  return text.replace(/`([\w.]+)`/g, (_, path: string) => inGroup(path) ?? flagOf(path) ?? path);
}

/** The default as shown in help and docs; undefined if there is none. */
function defaultText(record: Option): string | undefined {
  const { default: usual, fallback, unset, required } = record;
  if (required) return undefined;
  if (usual !== undefined) return typeof usual === 'boolean' ? undefined : String(usual);
  return fallback?.text ?? unset;
}

/** An error's message with options called by their flags. */
export function messageWithFlags({ message, option }: UserError): string {
  const flag = option === undefined ? undefined : flagOf(option);
  const isFirst = option !== undefined && message.startsWith(`${option} `);
  return withFlags(flag && isFirst ? flag + message.slice(option.length) : message, option);
}

/** Adds the flags of some stages to a command, or those of some of their options. */
export function addFlags(
  command: Command,
  stages: readonly OptionStage[],
  isWanted: (path: string) => boolean = () => true,
  /** What is shown as the default in place of that of the option. */
  usualOf: (path: string) => string | undefined = () => undefined,
): void {
  for (const [path, record] of ALL_OPTIONS) {
    const { stage } = record;
    if (record.flag === false || stage === 'watch' || !stages.includes(stage) || !isWanted(path)) continue;
    const own = OPTIONS_IN[command.name()]?.[path];
    if (own === false) continue;
    const usual = own?.unset ?? usualOf(path) ?? defaultText(record);
    const meaning = own?.help ?? record.help;
    const help = withFlags(usual === undefined ? meaning : `${meaning} (default: ${usual})`, path);
    const usage = usageOf(path, record);
    const [, placeholder = ''] = usage.split(' ');
    const flag = new Flag(usage, help).helpGroup(HEADINGS[stage]);
    addFlag(command, flag, record);
    for (const other of otherFlagsOf(path, record)) {
      addFlag(command, new Flag(`${other} ${placeholder}`.trim()).hideHelp(), record);
    }
    const { flag: isSwitch, text: takesText } = kindsOf(record.schema);
    if (!isSwitch) continue;
    const off = new Flag(`--no-${kebab(path)}`, `not ${flag.long}`);
    // Of a switch that is on by default, help shows the flag that turns it off.
    if (record.default === true) {
      const turned = record.off ?? `turn off ${flag.long}`;
      off.helpGroup(HEADINGS[stage]).description = takesText ? turned : `${turned} (default: ${help})`;
      if (!takesText) flag.hideHelp();
    } else off.hideHelp();
    command.addOption(off);
  }
}

/** Adds flags that are no options of `cluster()`. */
export function addCommandFlags(command: Command, table: OptionTable): void {
  for (const [name, record] of Object.entries(table)) {
    const usual = defaultText(record);
    const help = usual === undefined ? record.help : `${record.help} (default: ${usual})`;
    command.option(usageOf(name, record), help.replace(/`([\w-]+)`/g, '--$1'));
  }
}

/** What was given for those flags and for those of every command, checked and decided. */
export function readCommandFlags<T extends OptionTable>(
  command: Command,
  table: T,
): SettingsOf<T & typeof globalOptions> {
  const all: T & typeof globalOptions = { ...globalOptions, ...table };
  const given = command.optsWithGlobals();
  const values = Object.entries(all).flatMap(([name, record]) => {
    const flag = usageOf(name, record).split(' ')[0];
    const raw = given[attributeOf(flag)];
    return raw === undefined ? [] : [[name, parse(flag, record, raw)]];
  });
  return resolveOptions(all, Object.fromEntries(values));
}

function addFlag(command: Command, flag: Flag, { schema }: Option): void {
  const choices = choicesOf(schema);
  // For shell completion only: values are checked by the table, whose messages are more precise.
  if (choices.length > 0 && !kindsOf(schema).number) flag.argChoices = choices;
  if (kindsOf(schema).list) {
    flag.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  }
  command.addOption(flag);
}

/** Options from the command line, which override those of the config file. */
export function readFlags(given: Record<string, unknown>, config: CommandOptions): CommandOptions {
  const options: Record<string, unknown> = structuredClone(config);
  for (const [path, record] of ALL_OPTIONS) {
    if (record.flag === false) continue;
    const flag = flagOf(path) ?? path;
    for (const name of [flag, ...otherFlagsOf(path, record), `--${kebab(path)}`]) {
      const raw = given[attributeOf(name)];
      if (raw === undefined) continue;
      const { group, name: inner } = splitPath(path);
      const holder = group === undefined ? options : { ...Object(options[group]) };
      holder[inner] = parse(flag, record, raw);
      if (group !== undefined) options[group] = holder;
    }
  }
  return options as CommandOptions;
}

const attributeOf = (name: string): string => new Flag(name).attributeName();

function parse(flag: string, { schema, secret }: Option, raw: unknown): unknown {
  const kinds = kindsOf(schema);
  if (Array.isArray(raw)) return parseList(raw, kinds.text);
  if (typeof raw !== 'string') return raw;
  if (secret) return readSecret(flag, raw);
  if (kinds.number && !choicesOf(schema).includes(raw)) {
    if (raw.trim() === '' || Number.isNaN(Number(raw))) {
      if (kinds.text) return raw;
      throw new UserError(`${flag} must be a number; got "${raw}"`, { code: 'OPTION_INVALID' });
    }
    return Number(raw);
  }
  return kinds.pairs ? Object.fromEntries(raw.split(',').map((pair) => parsePair(flag, pair))) : raw;
}

/** One value is left whole where a text is allowed: a column's name may hold a comma. */
function parseList(values: string[], isText: boolean): string | string[] {
  if (isText && values.length === 1) return values[0];
  if (isText) return values;
  return values
    .flatMap((value) => value.split(','))
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function parsePair(flag: string, pair: string): [string, string | number] {
  const [, name, value] = /^\s*([^=\s]+)\s*=\s*(.+?)\s*$/.exec(pair) ?? [];
  if (name === undefined) {
    throw new UserError(`${flag} takes name=value pairs with commas between; got "${pair}"`, {
      code: 'OPTION_INVALID',
    });
  }
  return [name, Number.isNaN(Number(value)) ? value : Number(value)];
}
