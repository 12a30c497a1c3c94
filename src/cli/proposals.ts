import type { Command } from 'commander';
import { counted } from '../counted.js';
import { COMMANDS } from '../options/command.js';
import type { Proposal } from '../run/proposals.js';
import type { Run } from '../run/run.js';
import { addCommandFlags, readCommandFlags } from './flags.js';
import { RUN_ARGUMENT } from './run-flags.js';
import { safeJson, safeLine } from './terminal.js';

const EXAMPLES = `
Examples:
  denscape proposals topics
  denscape proposals topics --accept 1,3 --reject 2
  denscape proposals topics --accept all`;

/** `denscape proposals RUN`: names that agents proposed, to be accepted or rejected. */
export function addProposalsCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command('proposals')
    .argument('<run>', RUN_ARGUMENT)
    .summary('names that agents proposed for a run')
    .description(
      'Lists the names that agents proposed through denscape mcp --allow-edits. An accepted one is given as denscape rename does; accepted and rejected ones leave the list.',
    );
  addCommandFlags(command, COMMANDS.proposals);
  command.addHelpText('after', EXAMPLES).action(async (folder: string) => {
    const { accept, reject, json, quiet } = readCommandFlags(command, COMMANDS.proposals);
    const { chosenProposals, namesOfProposals, readProposals, removeProposals } = await import(
      '../run/proposals.js'
    );
    const { openRun } = await import('../run/run.js');
    const run = await openRun(folder);
    const all = await readProposals(folder);
    const accepted = accept === undefined ? [] : chosenProposals(all, accept, 'accept');
    const others = all.filter((one) => !accepted.includes(one));
    const rejected =
      reject === undefined ? [] : chosenProposals(reject.trim() === 'all' ? others : all, reject, 'reject');
    const names = namesOfProposals(accepted);
    const renamed = accepted.length > 0 ? await run.rename(names, { signal }) : run;
    const decided = [...accepted, ...rejected];
    if (decided.length > 0) await removeProposals(folder, decided);
    const open = all.filter((one) => !decided.includes(one));
    if (json) {
      process.stdout.write(
        `${safeJson({ accepted, rejected, open: open.map((one) => shown(renamed, one)) })}\n`,
      );
    } else if (!quiet) {
      for (const line of linesOf({ accepted, rejected, open }, renamed))
        process.stdout.write(`${safeLine(line)}\n`);
    }
  });
}

/** A proposal with the name that its topic has now; null where the topic is gone. */
function shown({ topics, themeTopics }: Run, proposal: Proposal) {
  const groups = proposal.level === 'topics' ? topics : themeTopics;
  return { ...proposal, now: groups.find(({ id }) => id === proposal.topic)?.name ?? null };
}

function linesOf(
  { accepted, rejected, open }: Record<'accepted' | 'rejected' | 'open', Proposal[]>,
  run: Run,
): string[] {
  const kind = ({ level }: Proposal) => (level === 'topics' ? 'topic' : 'theme');
  const lines = accepted.map((one) => `accepted: ${kind(one)} ${one.topic}: "${one.was}" → "${one.name}"`);
  if (rejected.length > 0) lines.push(`${counted(rejected.length, 'proposal')} rejected`);
  if (open.length === 0)
    return [...lines, accepted.length + rejected.length > 0 ? 'no proposals are left' : 'no proposals'];
  // Numbers are those that the next call takes.
  return [
    ...lines,
    ...open.map((one, at) => {
      const { now } = shown(run, one);
      const state =
        now === null ? `: this ${kind(one)} is gone` : now === one.was ? '' : `: its name is "${now}" now`;
      const reason = one.reason === undefined ? '' : ` (${one.reason})`;
      return `${at + 1}  ${kind(one)} ${one.topic}: "${one.was}" → "${one.name}"${reason}${state}`;
    }),
  ];
}
