import { UserError } from '../errors.js';
import type { ClusterResult } from '../pipeline/result.js';
import type { Topic } from '../shapes.js';

type Kind = 'topic' | 'theme';

/**
 * Topics or themes of a run by their numbers, such as `3,7`.
 * @throws UserError for what is no number, and for one that the run doesn't have
 */
export function groupsNamed(run: ClusterResult, kind: Kind, given: string | undefined): Topic[] {
  if (given === undefined) return [];
  const groups = kind === 'topic' ? run.topics : run.themeTopics;
  return given.split(',').map((part) => {
    const text = part.trim();
    const found = /^\d+$/.test(text) ? groups.find(({ id }) => id === Number(text)) : undefined;
    if (found) return found;
    throw new UserError(
      `--${kind} must be numbers of ${kind}s of the run, such as 3 or 3,7; got "${text}"${rangeOf(groups, kind)}`,
      {
        code: 'COMMAND_INVALID',
      },
    );
  });
}

function rangeOf(groups: readonly Topic[], kind: Kind): string {
  if (groups.length === 0) return `; the run has no ${kind}s`;
  const ids = groups.map(({ id }) => id).sort((a, b) => a - b);
  const [first, last] = [ids[0], ids[ids.length - 1]];
  return ids.length === last - first + 1
    ? `; the run has ${first} to ${last}`
    : `; the run has ${ids.join(', ')}`;
}
