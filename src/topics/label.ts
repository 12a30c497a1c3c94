import * as v from 'valibot';
import { lineIn, objectIn, saidBy } from '../language-model/reply.js';

/** What a model called a group. */
export interface Label {
  name: string;
  /** One sentence, where the model gave a usable one. */
  summary?: string;
}

const LONGEST_NAME = 80;
const MOST_WORDS = 12;
const LONGEST_SUMMARY = 300;

const Reply = v.object({ name: v.string(), summary: v.optional(v.unknown()) });

/**
 * Name and summary in a model's response: of a JSON object, alone or among prose, or else a name alone. undefined where
 * there is no usable name: a sentence, a refusal, several lines, markup, no letters.
 */
export function readLabel(response: string): Label | undefined {
  const said = saidBy(response);
  const reply = objectIn(said, Reply);
  const name = nameIn(reply?.name ?? said);
  if (name === undefined) return undefined;
  const summary = typeof reply?.summary === 'string' ? lineIn(reply.summary, LONGEST_SUMMARY) : undefined;
  return summary === undefined ? { name } : { name, summary };
}

/** The name in a model's response. */
export const readName = (response: string): string | undefined => readLabel(response)?.name;

function nameIn(said: string): string | undefined {
  const name = lineIn(said.trim().replace(/^(?:topic|group|name|label)\s*:\s*/i, ''), LONGEST_NAME)?.replace(
    /[\s.]+$/,
    '',
  );
  return name === undefined || name === '' || name.split(/\s+/).length > MOST_WORDS ? undefined : name;
}
