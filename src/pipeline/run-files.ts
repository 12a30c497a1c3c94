import { writeWhole } from '../files/replace.js';
import type { Watch } from '../progress.js';
import { addCost } from './clock.js';
import type { ClusterResult } from './result.js';
import type { StatisticsOptions } from './statistics.js';

export interface RunFileOptions {
  /** `csv`, or `parquet` for clusters.parquet in place of clusters.csv; of a run, the one that it has where this is left out. */
  format: 'csv' | 'parquet';
  /** Also map.png and map.svg. */
  png?: boolean;
  /** Also vectors.parquet. */
  vectors?: boolean;
}

interface WriteOptions extends Watch {
  /** Columns of groups.csv and timeline.csv. */
  statistics?: StatisticsOptions;
  /** See CsvOptions. */
  excel?: boolean;
  /** Whether report.md and clusters.json say what each stage took. Such files differ from run to run. */
  timings?: boolean;
  /** The folder that the files will be in, where the run itself is to be kept with them. */
  keepIn?: string;
}

type Write = (result: ClusterResult, path: string, options: WriteOptions) => Promise<void>;

// Loaded with the first file that needs them: the names of the files are asked for before anything is read.
const charts = () => import('../output/charts.js');
const tables = () => import('../output/statistics.js');

/** Every file that a run may write, by its name. */
const FILES = {
  'map.html': (result, path, { signal }) => result.writeMap(path, { signal }),
  'clusters.csv': (result, path, { excel, signal }) => result.writeCsv(path, { excel, signal }),
  'clusters.parquet': (result, path, { signal }) => result.writeParquet(path, { signal }),
  'topics.csv': (result, path, { excel, signal }) => result.writeTopicsCsv(path, { excel, signal }),
  'clusters.json': (result, path, { timings, signal }) =>
    result.writeJson(path, { timings: timings ? result.costs : undefined, signal }),
  'report.md': async (result, path, { timings, statistics, signal }) => {
    const names = statisticsFiles(result, statistics);
    await result.writeReport(path, {
      timings: timings ? result.costs : undefined,
      groups: names.includes('groups.csv') ? await groupsOf(result, { statistics, signal }) : [],
      timeline: names.includes('timeline.csv')
        ? await timelineFor(result, { statistics, signal })
        : undefined,
      leftOut: result.statistics.leftOut(statistics ?? {}),
      signal,
    });
  },
  'groups.csv': async (result, path, { excel, signal, ...options }) => {
    const groups = await groupsOf(result, { ...options, signal });
    await (await tables()).writeGroupsCsv(path, groups, { excel, signal });
  },
  'groups.svg': async (result, path, options) => {
    const [first] = await groupsOf(result, options);
    await writeWhole(path, first ? [(await charts()).groupsChart(first)] : [], options);
  },
  'timeline.csv': async (result, path, options) => {
    const timeline = await timelineFor(result, options);
    const { excel, signal } = options;
    if (timeline) await (await tables()).writeTimelineCsv(path, timeline, { excel, signal });
  },
  'timeline.svg': async (result, path, options) => {
    const timeline = await timelineFor(result, options);
    if (timeline) await writeWhole(path, [(await charts()).timelineChart(timeline)], options);
  },
  'map.png': (result, path, { signal, onProgress }) => result.writePng(path, { signal, onProgress }),
  'vectors.parquet': (result, path, { signal, onProgress }) =>
    result.writeVectors(path, { signal, onProgress }),
  'map.svg': (result, path, { signal }) => result.writeSvg(path, { signal }),
} satisfies Record<string, Write>;

export type RunFile = keyof typeof FILES;

/** Whether `name` is one of these files. */
export const isRunFile = (name: string): name is RunFile => Object.hasOwn(FILES, name);

const groupsOf = (result: ClusterResult, { statistics = {}, signal }: WriteOptions) =>
  result.statistics.chosenGroups(statistics, { signal });
const timelineFor = (result: ClusterResult, { statistics = {}, signal }: WriteOptions) =>
  result.statistics.chosenTimeline(statistics, { signal });

/** Every name in the table of files. */
export const allRunFiles = (): RunFile[] => Object.keys(FILES).filter(isRunFile);

/** Every file of statistics, for a look at the folder before it is known which there will be. */
export const STATISTICS_FILES: RunFile[] = ['groups.csv', 'groups.svg', 'timeline.csv', 'timeline.svg'];

/** The files of statistics for which a result has columns: some of a few values, one of dates. */
export function statisticsFiles({ statistics }: ClusterResult, options: StatisticsOptions = {}): RunFile[] {
  return [
    ...(statistics.groupColumns(options).length > 0 ? STATISTICS_FILES.slice(0, 2) : []),
    ...(statistics.timeColumn(options) !== undefined ? STATISTICS_FILES.slice(2) : []),
  ];
}

const WITH_TIMINGS: RunFile[] = ['clusters.json', 'report.md'];

/** The files of a run, in the order in which they are listed. */
export function runFileNames({ format, png = false, vectors = false }: RunFileOptions): RunFile[] {
  const pictures: RunFile[] = png ? ['map.png', 'map.svg'] : [];
  const kept: RunFile[] = vectors ? ['vectors.parquet'] : [];
  return ['map.html', `clusters.${format}`, 'topics.csv', 'clusters.json', 'report.md', ...pictures, ...kept];
}

/** Writes the files `names` to the paths that `pathOf` gives, and adds the time to the result's costs. */
export async function writeRunFiles(
  result: ClusterResult,
  names: RunFile[],
  pathOf: (name: string) => string,
  options: WriteOptions,
): Promise<void> {
  const { keepIn: folder, excel = false, statistics, signal } = options;
  const timed = async (write: () => Promise<void>) => {
    const start = performance.now();
    await write();
    addCost(result.costs, 'write', (performance.now() - start) / 1000);
  };
  const write = (name: RunFile) => timed(() => (FILES[name] as Write)(result, pathOf(name), options));
  for (const name of names) if (!WITH_TIMINGS.includes(name)) await write(name);
  if (folder !== undefined) {
    const outputs = { files: [...names], excel, statistics };
    await timed(() => result.writeRun(pathOf, { folder, outputs, signal }));
  }
  // Those that may say how long the others took come last.
  for (const name of WITH_TIMINGS) if (names.includes(name)) await write(name);
}
