import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { UserError } from '../errors.js';
import { writeWhole } from '../files/replace.js';

/** File in a run's folder that agents add proposals to, a JSON object a line; people accept or reject them. */
export const PROPOSALS_FILE = 'proposals.jsonl';

const schema = v.object({
  kind: v.literal('name'),
  level: v.picklist(['topics', 'themes']),
  topic: v.pipe(v.number(), v.integer(), v.minValue(0)),
  was: v.string(),
  name: v.pipe(v.string(), v.trim(), v.minLength(1)),
  reason: v.optional(v.string()),
});

/** Another name for a topic or a theme, as an agent proposed it. */
export interface Proposal extends v.InferOutput<typeof schema> {
  /** Line in the file, from 1. */
  number: number;
}

const linesOf = async (folder: string): Promise<string[]> => {
  const text = await readFile(join(folder, PROPOSALS_FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').filter((line) => line.trim() !== '');
};

/**
 * The proposals for a run, oldest first; none where no agent made any.
 * @throws UserError for a line that is no proposal
 */
export async function readProposals(folder: string): Promise<Proposal[]> {
  return (await linesOf(folder)).map((line, at) => {
    const proposal = v.safeParse(schema, parsed(line));
    if (proposal.success) return { number: at + 1, ...proposal.output };
    throw new UserError(
      `${join(folder, PROPOSALS_FILE)} line ${at + 1} is no proposal, such as {"kind":"name","level":"topics","topic":3,"was":"a","name":"b"}; delete the line`,
      { code: 'RUN_INVALID', file: join(folder, PROPOSALS_FILE), line: at + 1 },
    );
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * The proposals that a list of numbers names, such as "1,3", or "all".
 * @throws UserError for what is no number of a proposal
 */
export function chosenProposals(all: readonly Proposal[], list: string, option: string): Proposal[] {
  if (list.trim() === 'all') return [...all];
  return [...new Set(list.split(',').map((part) => part.trim()))].map((part) => {
    const found = all.find(({ number }) => String(number) === part);
    if (found) return found;
    const known = all.length === 0 ? 'there are none' : `there are 1 to ${all.length}`;
    throw new UserError(
      `${option} must be numbers of proposals, such as 1,3, or all; got "${part}"; ${known}`,
      {
        code: 'OPTION_INVALID',
        option,
      },
    );
  });
}

/**
 * Names by id, from proposals.
 * @throws UserError where two are for the same topic or theme
 */
export function namesOfProposals(proposals: readonly Proposal[]) {
  const names: Record<Proposal['level'], Record<number, string>> = { topics: {}, themes: {} };
  const by = new Map<string, number>();
  for (const { number, level, topic, name } of proposals) {
    const key = `${level} ${topic}`;
    const other = by.get(key);
    if (other !== undefined) {
      throw new UserError(
        `proposals ${other} and ${number} are both for ${level === 'topics' ? 'topic' : 'theme'} ${topic}; accept one of them`,
        { code: 'OPTION_INVALID', option: 'accept' },
      );
    }
    by.set(key, number);
    names[level][topic] = name;
  }
  return names;
}

/** Takes decided proposals out of the file; those that were added meanwhile stay. */
export async function removeProposals(folder: string, decided: readonly Proposal[]): Promise<void> {
  const before = await linesOf(folder);
  const left = before.filter((_, at) => !decided.some(({ number }) => number === at + 1));
  await writeWhole(
    join(folder, PROPOSALS_FILE),
    left.map((line) => `${line}\n`),
  );
}
