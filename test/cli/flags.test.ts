import { readdirSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addCommandFlags, addFlags, readCommandFlags, readFlags } from '../../src/cli/flags.js';
import { COMMANDS, globalOptions } from '../../src/options/command.js';
import { ALL_OPTIONS, type CommandOptions, type OptionStage, STAGES } from '../../src/options/table.js';

const stages = Object.keys(STAGES) as OptionStage[];

function parsed(args: string[], config: CommandOptions = {}): CommandOptions {
  const command = new Command().exitOverride();
  addFlags(command, stages);
  command.parse(args, { from: 'user' });
  return readFlags(command.opts(), config);
}

test.each<[string[], CommandOptions]>([
  [['--min-cluster-size', '5'], { minClusterSize: 5 }],
  [['--neighbors', 'auto'], { neighbors: 'auto' }],
  [['--min-dist', '0.5'], { layout: { minDist: 0.5 } }],
  [['--layout-min-dist', '0.5'], { layout: { minDist: 0.5 } }],
  [['--name-with', 'x', '--name-url', 'http://h'], { nameWith: { model: 'x', baseUrl: 'http://h' } }],
  [['--name-with-base-url', 'http://h'], { nameWith: { baseUrl: 'http://h' } as never }],
  [['--store-uri', './x.db', '--fields', 'a, b'], { store: { uri: './x.db', fields: ['a', 'b'] } }],
  [['--device', 'cuda,cpu'], { device: ['cuda', 'cpu'] }],
  [['--text', 'a,b'], { text: 'a,b' }],
  [['--text', 'a', '--text', 'b, c'], { text: ['a', 'b, c'] }],
  [['--no-cache'], { cache: false }],
  [['--cache', '/folder'], { cache: '/folder' }],
  [['--squared'], { squared: true }],
  [['--format', 'parquet'], { outputFormat: 'parquet' }],
  [['--output-format', 'parquet'], { outputFormat: 'parquet' }],
  [['--input-format', 'tsv'], { inputFormat: 'tsv' }],
  [['--index-params', 'M=16, kind=a'], { store: { indexParams: { M: 16, kind: 'a' } } as never }],
  [[], {}],
])('%j sets %j', (args, options) => {
  expect(parsed(args)).toEqual(options);
});

test('a flag wins over the config file, also a switch turned off', () => {
  const config: CommandOptions = { squared: true, seed: 1, layout: { minDist: 0.3, spread: 2 } };
  expect(parsed(['--no-squared', '--min-dist', '0.1'], config)).toEqual({
    squared: false,
    seed: 1,
    layout: { minDist: 0.1, spread: 2 },
  });
  expect(config.layout).toEqual({ minDist: 0.3, spread: 2 });
});

test('every option that a command line can give has the flag of its name in kebab-case', () => {
  const command = new Command();
  addFlags(command, stages);
  const flags = command.options.map(({ long }) => long);
  for (const [path, { flag }] of ALL_OPTIONS) {
    if (flag === false) continue;
    const kebab = path.replaceAll('.', '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    expect(flags).toContain(`--${kebab}`);
  }
});

test('help says what an option is, and its default', () => {
  const command = new Command();
  addFlags(command, stages);
  const help = command.helpInformation().replace(/\s+/g, ' ');
  expect(help).toContain('--seed <n> random seed; the same seed gives the same result (default: 42)');
  expect(help).toContain('(default: --min-cluster-size where that is given, else chosen from the rows');
  for (const [path, record] of ALL_OPTIONS) {
    if (record.flag === false) continue;
    expect(help, path).toContain(record.help.split('`')[0].trim());
  }
});

test('every flag of the command line is declared in src/options', () => {
  const folder = new URL('../../src/cli/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name !== 'flags.ts');
  const own = files.filter((name) =>
    /\.(option|requiredOption|addOption)\(/.test(readFileSync(new URL(name, folder), 'utf8')),
  );
  expect(own).toEqual([]);
});

test('flags of a single command are checked and decided by its table', () => {
  const given = (args: string[]) => {
    const command = new Command().exitOverride();
    addCommandFlags(command, globalOptions);
    addCommandFlags(command, COMMANDS.embed);
    return readCommandFlags(command.parse(args, { from: 'user' }), COMMANDS.embed);
  };
  expect(given([])).toEqual({ debug: false, quiet: false, shard: '1/1', config: undefined });
  expect(given(['--shard', '2/8', '--quiet'])).toMatchObject({ shard: '2/8', quiet: true });
  expect(() => given(['--shard', ''])).toThrow('shard must not be empty');
});
