import type { Command } from 'commander';
import { counted, grouped, percent } from '../counted.js';
import { UserError } from '../errors.js';
import { COMMANDS } from '../options/command.js';
import type { Comparison, Correspondence } from '../run/compare.js';
import type { Division, Side } from '../run/divisions.js';
import { agreementText } from '../statistics/agreement.js';
import { addCommandFlags, readCommandFlags } from './flags.js';
import { RUN_ARGUMENT } from './run-flags.js';
import { safeJson, safeLine } from './terminal.js';

const EXAMPLES = `
Examples:
  denscape compare march april
  denscape compare bge minilm --id ticket --page compare.html`;

const LINES = 40;
const DIVISIONS = 20;
const PARTS = 5;

/** `denscape compare A B`: two runs side by side. */
export function addCompareCommand(program: Command): void {
  const command = program
    .command('compare')
    .argument('<first>', RUN_ARGUMENT)
    .argument('<second>', 'folder of another run')
    .summary('two runs side by side')
    .description(
      'Says which topics of two runs correspond, which rows changed, and how far the runs agree on the rows that both have.',
    );
  addCommandFlags(command, COMMANDS.compare);
  command.addHelpText('after', EXAMPLES).action(async (first: string, second: string) => {
    const { id, page, json, quiet } = readCommandFlags(command, COMMANDS.compare);
    const { openRun } = await import('../run/run.js');
    const { commonRows, compareRuns } = await import('../run/compare.js');
    const [a, b] = [await openRun(first), await openRun(second)];
    const comparison = compareRuns(a, b, { id });
    if (comparison.common === 0) throw nothingCommon(id);
    if (page !== undefined) {
      const { comparePage } = await import('../run/compare-page.js');
      const { writeWhole } = await import('../files/replace.js');
      await writeWhole(page, [comparePage(comparison, a, b, commonRows(a, b, { id }))]);
    }
    if (json) process.stdout.write(`${safeJson({ ...comparison, page })}\n`);
    else if (!quiet) {
      for (const line of comparisonLines(comparison)) process.stdout.write(`${safeLine(line)}\n`);
      if (page !== undefined) process.stdout.write(`${safeLine(page)}\n`);
    }
  });
}

const nothingCommon = (id: string | undefined): UserError =>
  id === undefined
    ? new UserError(
        'the runs have no rows in common, so nothing can be compared: no text of the first is also in the second; name a column of ids that both have with --id',
        { code: 'COMMAND_INVALID' },
      )
    : new UserError(
        `the runs have no rows in common, so nothing can be compared: no value of column ${id} is in both; name another column with --id, or leave it out to compare by text`,
        { code: 'OPTION_INVALID', option: 'id' },
      );

function comparisonLines(comparison: Comparison): string[] {
  const { a, b, common, agreement, topics, splits, merges, changed } = comparison;
  const sides = [a, b].map(
    ({ source, rows, topics, inTopics, alone }, at) =>
      `${at === 0 ? 'first: ' : 'second:'} ${source}, ${counted(rows, 'row')} (${grouped(alone)} of them only here), ${counted(topics, 'topic')}, ${grouped(inTopics)} rows in them`,
  );
  const pairs = topics.filter((pair) => pair.a && pair.b).length;
  const lines = topics.slice(0, LINES).map(correspondenceLine);
  const rest = topics.length - LINES;
  const measures = agreementText(agreement);
  return [
    ...sides,
    `common: ${counted(common, 'row')}, ${grouped(changed.rows)} not in corresponding topics`,
    measures === undefined
      ? 'adjusted Rand index n/a, NMI n/a: no common row is in a topic of both'
      : `${measures}, on ${counted(agreement.rows, 'row')} in a topic of both`,
    `${counted(pairs, 'pair')} of topics that correspond, ${grouped(topics.length - pairs)} without a counterpart`,
    'overlap  shared  topic of the first  =  topic of the second',
    ...lines,
    ...(rest > 0 ? [`… and ${grouped(rest)} more with --json`] : []),
    ...divisionLines(splits, 'of the first in several of the second', '→'),
    ...divisionLines(merges, 'of the second made of several of the first', '←'),
  ];
}

const named = ({ id, name, size }: Pick<Side, 'id' | 'name' | 'size'>): string =>
  `${id} ${name} (${grouped(size)})`;

function correspondenceLine({ a, b, shared, overlap, mostIn }: Correspondence): string {
  if (a && b)
    return `${overlap.toFixed(2).padStart(6)}  ${grouped(shared).padStart(6)}  ${named(a)}  =  ${named(b)}`;
  const nowhere =
    (a ?? b)?.common === 0 ? 'none of its rows is in the other run' : 'its rows are in no topic there';
  const where = mostIn ? `${percent(mostIn.share)} of it in ${mostIn.id} ${mostIn.name}` : nowhere;
  const own = a ? `${named(a)}  =  –` : b ? `–  =  ${named(b)}` : '';
  return `${' '.repeat(16)}${own}; ${where}`;
}

/** Topics with the topics of the other run that their rows are in. */
function divisionLines(divisions: readonly Division[], what: string, arrow: string): string[] {
  if (divisions.length === 0) return [];
  const shown = divisions.slice(0, DIVISIONS).map((division) => {
    const parts = division.parts
      .slice(0, PARTS)
      .map(({ id, name, share }) => `${id} ${name} ${percent(share)}`);
    const more = division.parts.length > PARTS ? `; and ${grouped(division.parts.length - PARTS)} more` : '';
    return `  ${named(division)}  ${arrow}  ${parts.join('; ')}${more}`;
  });
  const rest = divisions.length - DIVISIONS;
  return [
    `${counted(divisions.length, 'topic')} ${what}:`,
    ...shown,
    ...(rest > 0 ? [`  … and ${grouped(rest)} more with --json`] : []),
  ];
}
