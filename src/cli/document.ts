import { COMMANDS, globalOptions } from '../options/command.js';
import { graphOptions, layerOptions, pointOptions, recutOptions } from '../options/hdbscan.js';
import { layoutLibraryOptions } from '../options/layout.js';
import { neighborsLibraryOptions, searcherLibraryOptions } from '../options/neighbors.js';
import type { Option, OptionTable } from '../options/option.js';
import { isReported } from '../options/report.js';
import { ALL_OPTIONS, type OptionStage } from '../options/table.js';
import { groupOptions } from '../options/tree.js';
import { flagOf, otherFlagsOf, usageOf } from './flags.js';
import { choicesOf } from './kinds.js';

const TITLES: Record<OptionStage, string> = {
  read: 'Texts',
  split: 'Parts of texts',
  facet: 'A question to each text',
  embed: 'Embedding',
  store: 'Milvus',
  neighbors: 'Neighbours',
  tree: 'Clusters',
  layout: 'Map',
  topics: 'Topics',
  given: 'Given topics',
  naming: 'Names by a language model',
  output: 'Files (command line)',
  watch: 'Watching and stopping (code)',
};

const LIBRARY: [string, OptionTable][] = [
  ['`hdbscan(points, options)`', pointOptions],
  ['`hdbscan(graph, options)`', graphOptions],
  ['`recut(fit, options)`', recutOptions],
  ['`layers(fit, options)`', layerOptions],
  ['`layout(graph, options)`', layoutLibraryOptions],
  ['`neighbors(points, options)`', neighborsLibraryOptions],
  ['`openSearcher(points, options)`', searcherLibraryOptions],
  ['`groupTopics(fit, rows, options)`', groupOptions],
];

/** The text of docs/options.md. */
export function optionsDocument(): string {
  const lines = [
    '# Options',
    '',
    'Made by `node scripts/options.mjs` from the table in `src/options`; not to be edited.',
    '',
    'The command line takes every option of the API by its name in kebab-case (`minClusterSize` is',
    '`--min-cluster-size`, `layout.minDist` is `--layout-min-dist`); some have a shorter flag, which is the one shown',
    'here. `denscape.config.json`, or the file of `--config`, holds the names of the API.',
    '',
    '¹ Not taken from a `denscape.config.json` that was merely found, but for the names of known models and',
    '`cache: false`: it must be given on the command line, or in a file named with `--config`. ² Stands in `report.md` and `clusters.json`.',
    '',
    '## `cluster(source, options)` and `denscape cluster`',
  ];
  for (const [stage, title] of Object.entries(TITLES)) {
    const own = [...ALL_OPTIONS].filter(([, record]) => record.stage === stage);
    lines.push('', `### ${title}`, '', '| option | flag | default | meaning |', '| --- | --- | --- | --- |');
    for (const [path, record] of own) lines.push(row(programCells(path, record)));
  }
  lines.push(
    '',
    '## Flags of single commands',
    '',
    '| command | flag | default | meaning |',
    '| --- | --- | --- | --- |',
  );
  for (const [command, table] of [['every command', globalOptions] as const, ...Object.entries(COMMANDS)]) {
    for (const [name, record] of Object.entries<Option>(table)) {
      const place = command === 'every command' ? command : `\`denscape ${command}\``;
      const shown = meaning(record).replace(/`([\w-]+)`/g, '`--$1`');
      lines.push(row([place, `\`${usageOf(name, record)}\``, usual(record), shown]));
    }
  }
  for (const [title, table] of LIBRARY) {
    lines.push('', `## ${title}`, '', '| option | default | meaning |', '| --- | --- | --- |');
    for (const [path, record] of Object.entries(table)) {
      lines.push(row([`\`${path}\``, usual(record), meaning(record)]));
    }
  }
  return `${lines.join('\n')}\n`;
}

function programCells(path: string, record: Option): string[] {
  const marks = `${record.foundConfig === undefined ? '' : '¹'}${isReported(record) ? '²' : ''}`;
  const flags = flagOf(path) === undefined ? [] : [usageOf(path, record), ...otherFlagsOf(path, record)];
  return [
    `${record.commandOnly ? '' : `\`${path}\``}${marks}`,
    flags.map((flag) => `\`${flag}\``).join(', '),
    usual(record),
    meaning(record),
  ];
}

function usual({ default: value, fallback, unset, required }: Option): string {
  if (required) return 'required';
  if (value !== undefined) return `\`${value}\``;
  return fallback?.text ?? unset ?? '';
}

function meaning({ help, inCode, schema }: Option): string {
  const choices = choicesOf(schema);
  const listed = choices.length > 1 && !choices.every((choice) => help.includes(choice));
  return `${help}${inCode ? `; in code also ${inCode}` : ''}${listed ? ` (${choices.join(', ')})` : ''}`;
}

const row = (cells: string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
