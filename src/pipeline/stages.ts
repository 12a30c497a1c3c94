import { stagesFolder } from '../embed/places.js';
import type { Settings } from '../options/table.js';
import { type KeptStages, keepNothing, keptStages } from '../stages/kept.js';
import type { Space } from './vectors.js';

/** Where the stages that work on a space are kept: in the folder of vectors that `cache` names, nowhere where it is off. */
export function stagesOf(
  { vectors, graph, search, place }: Space,
  { embed: { cache }, watch }: Pick<Settings, 'embed' | 'watch'>,
): KeptStages {
  if (cache === false) return keepNothing;
  // A server's lists depend on its index as well.
  const begin = { vectors, graph, place: search && place };
  return keptStages(stagesFolder(cache === true ? undefined : cache), begin, watch);
}
