import * as v from 'valibot';
import type { GivenTopicInput } from '../topics/given-topics.js';
import { option } from './option.js';
import { above, text } from './schemas.js';

const topicsRule = 'must be a file with a topic on each line';

const topic = v.union(
  [
    v.string(),
    v.strictObject({
      name: v.string(),
      description: v.optional(v.string()),
      examples: v.optional(v.array(v.string())),
    }),
  ],
  topicsRule,
);

export const givenOptions = {
  topics: option({
    schema: v.union(
      [text, v.pipe(v.array(topic), v.minLength(1, topicsRule))],
      topicsRule,
    ) satisfies v.GenericSchema<string | GivenTopicInput[]>,
    help: 'file of topics that are known before, one on each line as `name: description`: rows near one get it, the others are clustered',
    inCode: 'a list of such lines, or of { name, description, examples }',
    unset: 'none',
    flag: '--topics <file>',
    foundConfig: (value) => Array.isArray(value), // a file may be anybody's
    rule: (of) =>
      of('topics') === undefined
        ? undefined
        : of('clusters') !== undefined
          ? "can't be with `clusters`, which merges topics; leave one of them out"
          : of('graph') !== undefined
            ? "can't be with `graph`: topics are compared with vectors; leave one of them out"
            : undefined,
  }),
  topicReach: option({
    schema: above(0),
    help: 'how far a given topic reaches: robust standard deviations below the median nearness of its clear rows; more takes in more rows',
    default: 2,
    flag: '--topic-reach <n>',
  }),
};
