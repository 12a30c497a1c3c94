import { grouped } from '../counted.js';
import { readEditsFile } from '../edits/file.js';
import { checkModel } from '../embed/index.js';
import { refuseFile } from '../embed/places.js';
import { UserError } from '../errors.js';
import { discreetly } from '../options/discreet.js';
import { ALL_OPTIONS, type ClusterOptions, resolveSettings, type Settings } from '../options/table.js';
import { readGivenTopics } from '../topics/given-topics.js';
import { readStopWords } from '../topics/index.js';

/**
 * Decides the options, refuses what can be refused without reading, embedding or connecting, and then runs. No message
 * and no error that leaves `run` holds a key, a token or a password of the options.
 */
export const decided = <T>(options: ClusterOptions, run: (settings: Settings) => Promise<T>): Promise<T> =>
  discreetly(Object.fromEntries(ALL_OPTIONS), options, async (safe) => {
    const settings = await withEditsRead(resolveSettings(safe));
    await refuseEarly(settings);
    return run(settings);
  });

/** Settings with the edits of the file that they name. */
async function withEditsRead(settings: Settings): Promise<Settings> {
  const { topics } = settings;
  if (typeof topics.edits !== 'string') return settings;
  const edits = [...(await readEditsFile(topics.edits))];
  return Object.freeze({ ...settings, topics: Object.freeze({ ...topics, edits }) });
}

/** Rules that need a look at the disk, beyond those of the option table. */
async function refuseEarly({ store, embed, topics, given, naming, facet }: Settings): Promise<void> {
  await checkModel(embed);
  if (typeof naming?.cacheFolder === 'string') refuseFile(naming.cacheFolder, 'nameWith.cacheFolder');
  if (typeof facet?.cacheFolder === 'string') refuseFile(facet.cacheFolder, 'facet.cacheFolder');
  await readStopWords(topics.stopWords);
  if (given.topics !== undefined) await readGivenTopics(given.topics);
  if (!store) return;
  const { readAddress } = await import('../store/address.js');
  readAddress(store);
}

/**
 * Checks sizes of topics against the number of texts, before these are embedded: more `clusters` are refused, and a size that no topic
 * can have is a warning, since themes and the map are still made.
 * @throws UserError for more `clusters` than there are rows with a text, or parts of texts
 */
export function checkSizes({ tree, watch }: SizeSettings, rows: number, what = 'rows with text'): void {
  const { clusters, minClusterSize, minSamples } = tree;
  if (clusters !== undefined && clusters > rows)
    throw new UserError(`clusters must be at most the number of ${what}, ${rows}; got ${clusters}`, {
      code: 'OPTION_INVALID',
      option: 'clusters',
    });
  if (clusters !== undefined) return; // Exactly as many topics are made, of whatever size.
  const impossible =
    minClusterSize !== undefined && minClusterSize > rows
      ? `--min-cluster-size ${grouped(minClusterSize)} is more than`
      : minSamples !== undefined && minSamples >= rows
        ? `--min-samples ${grouped(minSamples)} is not less than`
        : undefined;
  if (impossible === undefined) return;
  watch.onProgress?.({
    stage: 'read',
    level: 'warning',
    message: `${impossible} the number of ${what}, ${grouped(rows)}, so no topic can be found; a smaller one, or none, allows topics`,
  });
}

/** What `checkSizes` needs of the settings. */
type SizeSettings = {
  watch: Pick<Settings['watch'], 'onProgress'>;
  tree: Partial<Pick<Settings['tree'], 'clusters' | 'minClusterSize' | 'minSamples'>>;
};
