import { PERIODS } from '../statistics/periods.js';
import { pageOf, shortText } from './bounded.js';
import { PAGE, ToolError } from './parameters.js';
import { tool } from './tool.js';

/** Topics of a value, and periods of a topic, that an entry holds. */
const TOPICS = 10;
const WORDS = 8;

export const statisticsTools = [
  tool({
    name: 'topics_by_group',
    description:
      'Which topics each value of a column has more or less of than the others, with 95 % intervals, and words that set its texts apart.',
    parameters: {
      column: {
        type: 'string',
        optional: true,
        description: 'a column of the input; the first of group_columns where left out',
      },
      ...PAGE,
    },
    call: async ({ run, signal }, { column, ...page }) => {
      const name = column ?? run.statistics.groupColumns({})[0];
      if (name === undefined || !run.table.columns.includes(name)) {
        throw new ToolError(
          `there is no column ${name === undefined ? 'with a few values' : JSON.stringify(name)}; columns: ${run.table.columns.join(', ')}`,
        );
      }
      const table = await run.statistics.groups(name, { signal });
      const found = await pageOf(table.values, page, ({ value, rows, topics, words }) => ({
        ...{ value: shortText(value), rows },
        topics: topics
          .filter(({ tells }) => tells !== '')
          .sort((a, b) => Math.abs(b.score) - Math.abs(a.score))
          .slice(0, TOPICS),
        words: words.slice(0, WORDS),
      }));
      return { column: name, rows_without_value: table.blank, ...found };
    },
  }),
  tool({
    name: 'topics_over_time',
    description:
      'Rows of each topic by day, week, month, quarter or year, with its trend. Topics whose trend is surest come first.',
    parameters: {
      column: {
        type: 'string',
        optional: true,
        description: 'a column with dates; time_column of describe_run where left out',
      },
      period: {
        type: 'string',
        enum: PERIODS,
        optional: true,
        description: 'what is left out suits the dates',
      },
      ...PAGE,
    },
    call: async ({ run, signal }, { column, period, ...page }) => {
      const name = column ?? run.statistics.timeColumn({});
      if (name === undefined || !run.table.columns.includes(name)) {
        throw new ToolError(
          `there is no column ${name === undefined ? 'with dates' : JSON.stringify(name)}; columns: ${run.table.columns.join(', ')}`,
        );
      }
      const line = await run.statistics.overTime(
        name,
        PERIODS.find((known) => known === period),
        { signal },
      );
      const surest = [...line.topics].sort(
        (a, b) => Number(a.trend === '') - Number(b.trend === '') || a.id - b.id,
      );
      const found = await pageOf(surest, page, ({ shares, ...topic }) => topic);
      return {
        column: name,
        period: line.period,
        rows_without_date: line.blank,
        periods: line.periods,
        ...found,
      };
    },
  }),
];
