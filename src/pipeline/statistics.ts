import type { Settings } from '../options/table.js';
import type { Watch } from '../progress.js';
import type { Table } from '../read/index.js';
import type { Topic } from '../shapes.js';
import {
  chooseGroups,
  columnsNamed,
  type LeftOutColumn,
  textsOf,
  timeColumn,
  timesOf,
} from '../statistics/columns.js';
import { type GroupTable, groupTable } from '../statistics/groups.js';
import type { Period } from '../statistics/periods.js';
import { type Timeline, timelineOf } from '../statistics/timeline.js';
import { WordTable } from '../statistics/words.js';
import { type ReadTexts, readStopWords } from '../topics/index.js';

/** What statistics are about, by rows of the table. */
interface Subject {
  table: Table;
  texts: string[];
  labels: Int32Array;
  topics: Topic[];
  /** Columns that the texts are from, which are not compared. */
  textColumns: readonly string[];
  settings: Settings['topics'];
  /** Texts that were divided into words already. */
  words?: ReadTexts;
}

/** Which columns are compared and followed; guessed where they are left out. */
export interface StatisticsOptions {
  groupBy?: string | string[];
  time?: string;
  period?: Period;
}

/** Topics by values of columns and over time. Texts are divided into words once. */
export class Statistics {
  readonly #subject: Subject;
  #words?: Promise<WordTable>;
  /** Every file of statistics asks for the columns, and their kinds are read from all cells. */
  #chosen?: ReturnType<typeof chooseGroups>;
  #timeColumn?: { name: string | undefined };
  /** What was computed already, by column: several files show it. */
  readonly #tables = new Map<string, GroupTable>();
  readonly #timelines = new Map<string, Timeline>();

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  async groups(column: string, watch: Watch = {}): Promise<GroupTable> {
    const { table, labels, topics } = this.#subject;
    const known = this.#tables.get(column);
    if (known) return known;
    const values = textsOf(table, column);
    const found = groupTable(column, values, labels, topics, await this.#wordTable(watch));
    this.#tables.set(column, found);
    return found;
  }

  async overTime(column: string, period?: Period, watch: Watch = {}): Promise<Timeline> {
    const { table, labels, topics } = this.#subject;
    const key = `${period} ${column}`;
    const known = this.#timelines.get(key);
    if (known) return known;
    const times = timesOf(table, column);
    const found = timelineOf(column, times, labels, topics, period, await this.#wordTable(watch));
    this.#timelines.set(key, found);
    return found;
  }

  /** The columns that are compared: those given, or those of a few values. */
  groupColumns({ groupBy }: StatisticsOptions): string[] {
    return groupBy === undefined ? this.#chosenColumns().columns : columnsNamed(this.#subject.table, groupBy);
  }

  /** Columns that were not compared, and why; none where the compared ones were given. */
  leftOut({ groupBy }: StatisticsOptions): LeftOutColumn[] {
    return groupBy === undefined ? this.#chosenColumns().leftOut : [];
  }

  timeColumn({ time }: StatisticsOptions): string | undefined {
    const { table, textColumns } = this.#subject;
    if (time !== undefined) return time;
    this.#timeColumn ??= { name: timeColumn(table, textColumns) };
    return this.#timeColumn.name;
  }

  #chosenColumns(): ReturnType<typeof chooseGroups> {
    const { table, textColumns } = this.#subject;
    this.#chosen ??= chooseGroups(table, textColumns);
    return this.#chosen;
  }

  async chosenGroups(options: StatisticsOptions, watch: Watch): Promise<GroupTable[]> {
    const tables: GroupTable[] = [];
    for (const column of this.groupColumns(options)) tables.push(await this.groups(column, watch));
    return tables;
  }

  async chosenTimeline(options: StatisticsOptions, watch: Watch): Promise<Timeline | undefined> {
    const column = this.timeColumn(options);
    return column === undefined ? undefined : this.overTime(column, options.period, watch);
  }

  async #wordTable({ signal }: Watch): Promise<WordTable> {
    const { texts, settings, words } = this.#subject;
    const { language } = settings;
    this.#words ??= readStopWords(settings.stopWords).then((stopWords) =>
      WordTable.open(texts, { language, stopWords, signal }, words),
    );
    try {
      return await this.#words;
    } catch (error) {
      this.#words = undefined;
      throw error;
    }
  }
}
