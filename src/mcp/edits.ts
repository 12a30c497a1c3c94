import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plainLine } from '../plain.js';
import { PROPOSALS_FILE } from '../run/proposals.js';
import { ToolError } from './parameters.js';
import { tool } from './tool.js';
import { groupingOf, groupOf } from './topics.js';

const LONGEST_NAME = 80;
const LONGEST_REASON = 500;

/** Tools that write: only with --allow-edits, and only proposals, which a person decides on. */
export const editTools = [
  tool({
    name: 'propose_name',
    description: `Proposes another name for a topic or theme: adds a line to ${PROPOSALS_FILE} in the run's folder. The run itself stays as it is.`,
    parameters: {
      topic: { type: 'integer', minimum: 0, description: 'id of the topic' },
      level: {
        type: 'string',
        enum: ['topics', 'themes'],
        default: 'topics',
        description: 'what the id is of',
      },
      name: { type: 'string', description: `the name, at most ${LONGEST_NAME} characters` },
      reason: { type: 'string', optional: true, description: 'why it fits better' },
    },
    writes: true,
    call: async ({ run }, { topic, level, name, reason }) => {
      const group = groupOf(groupingOf(run, level), topic);
      const line = plainLine(name).replace(/\s+/g, ' ').trim();
      if (line === '' || line.length > LONGEST_NAME || /[<>{}]/.test(line)) {
        throw new ToolError(`name must be one line of 1 to ${LONGEST_NAME} characters without markup`);
      }
      const proposal = {
        ...{ kind: 'name', level, topic, was: group.name, name: line },
        reason: reason === undefined ? undefined : plainLine(reason).slice(0, LONGEST_REASON),
      };
      await appendFile(join(run.folder, PROPOSALS_FILE), `${JSON.stringify(proposal)}\n`);
      return { proposed: proposal, file: PROPOSALS_FILE };
    },
  }),
];
