import { statSync } from 'node:fs';
import { knownModel } from '../embed/registry.js';
import { UserError } from '../errors.js';
import type { Matrix } from '../shapes.js';
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

/** For new rows of a run whose vectors were given. */
export const vectorsMissing = (): UserError =>
  new UserError(
    'vectors must be given with the new rows, since those of this run were; name their column or file',
    { code: 'OPTION_MISSING', option: 'vectors' },
  );

/** @throws UserError where new vectors, if there are any, are of another width than those of the run */
export function requireWidth(known: Matrix, fresh: Matrix): void {
  if (known.rows === 0 || fresh.rows === 0 || known.cols === fresh.cols) return;
  throw new UserError(`vectors must have ${known.cols} numbers, as those of the run; got ${fresh.cols}`, {
    code: 'VECTORS_INVALID',
    option: 'vectors',
  });
}

const idOf = (name: string): string => knownModel(name)?.hub ?? name;
