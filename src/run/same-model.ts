import { statSync } from 'node:fs';
import { knownModel } from '../embed/registry.js';
import { UserError } from '../errors.js';
import type { RunRecord } from './format.js';

/**
 * Refuses a model that differs from the run's by its name, before anything of it is downloaded. A folder, an object and the
 * model of a run that was made with one are compared by their fingerprints once they are open.
 * @throws UserError for another model
 */
export function refuseOtherModel(
  { settings, model }: Pick<RunRecord, 'settings' | 'model'>,
  given: unknown,
): void {
  if (model === undefined || typeof given !== 'string' || given === settings.model) return;
  const isHubOrServer = /[/:]/.test(model.id);
  if (!isHubOrServer || statSync(given, { throwIfNoEntry: false })?.isDirectory()) return;
  if (idOf(given) === idOf(model.id)) return;
  throw new UserError(
    `model must be the one that the run was made with, ${model.id}; got ${given}; leave it out, or cluster again with it`,
    { code: 'OPTION_INVALID', option: 'model' },
  );
}

const idOf = (name: string): string => knownModel(name)?.hub ?? name;
