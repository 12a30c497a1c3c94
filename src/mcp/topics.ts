import type { Run } from '../run/run.js';
import type { Topic } from '../shapes.js';
import { pageOf, shortText } from './bounded.js';
import { PAGE, ToolError } from './parameters.js';
import { tool } from './tool.js';

/** A grouping of the rows: the topics, the themes, or a level between. */
interface Grouping {
  groups: readonly Topic[];
  labels: Int32Array;
}

const LEVEL = {
  type: 'string',
  default: 'topics',
  description: 'topics, themes, or the number of a level from 1, the finest',
} as const;

export function groupingOf(run: Run, level: string): Grouping {
  if (level === 'topics') return { groups: run.topics, labels: run.labels };
  if (level === 'themes') return { groups: run.themeTopics, labels: run.themes };
  const found = /^\d{1,2}$/.test(level) ? run.levels[Number(level) - 1] : undefined;
  if (found) return found;
  const numbers = run.levels.length > 0 ? `, or a number from 1 to ${run.levels.length}` : '';
  throw new ToolError(`level must be topics or themes${numbers}; got ${JSON.stringify(level)}`);
}

export function groupOf({ groups }: Grouping, id: number): Topic {
  const found = groups.find((group) => group.id === id);
  if (found) return found;
  throw new ToolError(`there is no topic ${id} here; list_topics shows those that there are`);
}

export const rowsOf = ({ labels }: Grouping, id: number): number[] =>
  Array.from(labels.keys()).filter((row) => labels[row] === id);

/** A row as lists show it. */
export const rowEntry = (run: Run, row: number) => ({
  row,
  text: shortText(run.texts[row]),
  topic: run.labels[row],
  ...(run.labels[row] >= 0 ? { topic_name: run.topics.find(({ id }) => id === run.labels[row])?.name } : {}),
});

export const topicTools = [
  tool({
    name: 'describe_run',
    description:
      'What the run is: source, rows, columns, model, numbers of topics, themes and levels, and what reading found odd.',
    parameters: {},
    call: async ({ run }) => ({
      ...{
        source: run.facts.source,
        rows: run.facts.rows,
        columns: run.table.columns,
        text_columns: run.facts.textColumns,
      },
      ...{ topics: run.topics.length, themes: run.themeTopics.length, rows_in_no_topic: run.facts.noise },
      levels: run.levels.map(({ groups, isTheme }, at) => ({
        level: at + 1,
        groups: groups.length,
        is_themes: isTheme,
      })),
      ...{
        model: run.facts.model ?? null,
        has_vectors: run.vectors !== undefined,
        given_topics: run.facts.given,
      },
      ...{
        group_columns: run.statistics.groupColumns({}),
        time_column: run.statistics.timeColumn({}) ?? null,
      },
      findings: run.facts.findings?.slice(0, 20).map(shortText),
      history: run.history.slice(-10),
    }),
  }),
  tool({
    name: 'list_topics',
    description: 'Topics, themes or the groups of a level, largest first, with size, keywords and parent.',
    parameters: { level: LEVEL, ...PAGE },
    call: async ({ run }, { level, ...page }) =>
      pageOf(groupingOf(run, level).groups, page, ({ id, name, size, keywords, summary, parent, given }) => ({
        ...{ id, name, size, keywords: keywords.slice(0, 10), summary, parent, given },
      })),
  }),
  tool({
    name: 'topic_texts',
    description: 'Texts of a topic, its most central ones first.',
    parameters: {
      topic: { type: 'integer', minimum: 0, description: 'id of the topic' },
      level: LEVEL,
      ...PAGE,
    },
    call: async ({ run }, { topic, level, ...page }) => {
      const grouping = groupingOf(run, level);
      const { name, exemplars } = groupOf(grouping, topic);
      const isCentral = new Set(exemplars);
      const others = rowsOf(grouping, topic)
        .filter((row) => !isCentral.has(row))
        .sort((a, b) => run.probabilities[b] - run.probabilities[a] || a - b);
      const found = await pageOf([...exemplars, ...others], page, (row) => ({
        ...{
          row,
          text: shortText(run.texts[row]),
          probability: Math.round(run.probabilities[row] * 1000) / 1000,
        },
      }));
      return { topic, name, ...found };
    },
  }),
  tool({
    name: 'get_text',
    description: 'The whole text of a row, in pieces where it is long, with its columns and its topic.',
    parameters: {
      row: { type: 'integer', minimum: 0, description: 'number of the row, from 0' },
      offset: {
        type: 'integer',
        minimum: 0,
        default: 0,
        description: 'characters to skip: next_offset of the piece before',
      },
    },
    call: async ({ run }, { row, offset }) => {
      const text = textOf(run, row);
      const end = offset + PIECE;
      const next = end < text.length ? { next_offset: end } : {};
      const { columns, values } = run.table;
      const cells = columns
        .slice(0, MOST_COLUMNS)
        .map((name, at) => [name, cellOf(values[at][row])] as const);
      return {
        ...rowEntry(run, row),
        ...{ text: text.slice(offset, end), characters: text.length, ...next },
        columns: offset === 0 ? Object.fromEntries(cells) : undefined,
      };
    },
  }),
];

const PIECE = 8000;
const MOST_COLUMNS = 30;

const cellOf = (cell: unknown): unknown =>
  typeof cell === 'number' || typeof cell === 'boolean' || cell === null ? cell : shortText(String(cell));

/** @throws ToolError for a row that there is not */
export function textOf(run: Run, row: number): string {
  const text = run.texts[row];
  if (text !== undefined) return text;
  throw new ToolError(`row must be a whole number from 0 to ${run.texts.length - 1}; got ${row}`);
}
