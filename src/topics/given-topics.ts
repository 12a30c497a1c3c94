import { readFile } from 'node:fs/promises';
import { UserError } from '../errors.js';

/** A topic that is known before any text is read. */
export interface GivenTopic {
  name: string;
  /** What its texts are about, in a few words or a sentence. */
  description?: string;
  /** Texts as they could be found in the input. */
  examples?: string[];
}

/** A topic as an object or as a line of a file. */
export type GivenTopicInput = string | GivenTopic;

const MOST_TOPICS = 1000;
const LONGEST_NAME = 200;

/**
 * Given topics from a file or a list. A line is `name`, `name: description`, or `name | description | example | …`, with tabs in place of
 * the bars if you like; empty lines and those that begin with # are left out.
 * @throws UserError for a file that can't be read, and for topics without a name or with the same one
 */
export async function readGivenTopics(given: string | readonly GivenTopicInput[]): Promise<GivenTopic[]> {
  const isFile = typeof given === 'string';
  const lines = isFile ? (await textOf(given)).split(/\r\n|[\r\n]/) : given;
  const place = (at: number) => (isFile ? `${given} line ${at + 1}` : `topics[${at}]`);
  const refuse = (at: number, what: string) =>
    new UserError(`${place(at)}: ${what}`, {
      code: 'OPTION_INVALID',
      option: 'topics',
      ...(isFile ? { file: given, line: at + 1 } : {}),
    });
  const topics: GivenTopic[] = [];
  const known = new Set<string>();
  for (const [at, line] of lines.entries()) {
    if (typeof line === 'string' && (line.trim() === '' || line.trimStart().startsWith('#'))) continue;
    const topic = typeof line === 'string' ? topicOfLine(line) : line;
    const name = topic.name.normalize('NFC').replace(/\s+/g, ' ').trim();
    if (name === '') throw refuse(at, 'a topic needs a name, such as "Sports: matches, teams and players"');
    if (name.length > LONGEST_NAME)
      throw refuse(
        at,
        `a name has at most ${LONGEST_NAME} characters; put the rest into a description, after ": "`,
      );
    if (known.has(name.toLowerCase())) throw refuse(at, `there is a topic "${name}" already; leave one out`);
    known.add(name.toLowerCase());
    topics.push({ ...topic, name });
  }
  if (topics.length === 0 || topics.length > MOST_TOPICS) {
    throw new UserError(
      `topics must be 1 to ${MOST_TOPICS}; ${isFile ? given : 'the list'} holds ${topics.length}`,
      { code: 'OPTION_INVALID', option: 'topics' },
    );
  }
  return topics;
}

async function textOf(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\ufeff/, '');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'no such file' : `can't be read (${code})`;
    throw new UserError(
      `topics ${file}: ${reason}; expected a file with a topic on each line, as "name: description"`,
      { code: 'OPTION_INVALID', option: 'topics', file, cause },
    );
  }
}

function topicOfLine(line: string): GivenTopic {
  const fields = line.split(/[|\t]/).map((field) => field.trim());
  if (fields.length > 1) {
    const [name, description, ...examples] = fields;
    return { name, description: description || undefined, examples: examples.filter((text) => text !== '') };
  }
  const [, name, description] = /^(.*?):\s+(.*)$/.exec(line.trim()) ?? [];
  return name === undefined ? { name: line } : { name, description };
}

/** The texts whose vectors stand for a topic: its name with its description, then its examples. */
export const textsOf = ({ name, description, examples = [] }: GivenTopic): string[] => [
  description ? `${name}\n${description}` : name,
  ...examples,
];
