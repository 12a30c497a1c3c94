import type { Command } from 'commander';
import { counted, grouped } from '../counted.js';
import { UserError } from '../errors.js';
import { COMMANDS } from '../options/command.js';
import type { Comparison } from '../run/compare.js';
import { agreementText } from '../statistics/agreement.js';
import { addCommandFlags, readCommandFlags } from './flags.js';
import { RUN_ARGUMENT } from './run-flags.js';
import { safeJson, safeLine } from './terminal.js';

const EXAMPLES = `
Examples:
  denscape compare march april
  denscape compare bge minilm --id ticket --page compare.html`;

const LINES = 40;

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

function comparisonLines({ a, b, common, agreement, topics, changed }: Comparison): string[] {
  const sides = [a, b].map(
    ({ source, rows, topics, inTopics, alone }, at) =>
      `${at === 0 ? 'first: ' : 'second:'} ${source}, ${counted(rows, 'row')} (${grouped(alone)} of them only here), ${counted(topics, 'topic')}, ${grouped(inTopics)} rows in them`,
  );
  const lines = topics.slice(0, LINES).map(({ a, b, shared, overlap }) => {
    const name = (side: typeof a) => (side ? `${side.id} ${side.name} (${grouped(side.size)})` : '–');
    return `${overlap.toFixed(2).padStart(6)}  ${grouped(shared).padStart(6)}  ${name(a)}  =  ${name(b)}`;
  });
  const rest = topics.length - LINES;
  const measures = agreementText(agreement);
  return [
    ...sides,
    `common: ${counted(common, 'row')}, ${grouped(changed.rows)} not in corresponding topics`,
    measures === undefined
      ? 'adjusted Rand index n/a, NMI n/a: no common row is in a topic of both'
      : `${measures}, on ${counted(agreement.rows, 'row')} in a topic of both`,
    'overlap  shared  topic of the first  =  topic of the second',
    ...lines,
    ...(rest > 0 ? [`… and ${grouped(rest)} more with --json`] : []),
  ];
}
