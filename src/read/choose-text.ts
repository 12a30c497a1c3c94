import { counted, percent } from '../counted.js';
import { UserError } from '../errors.js';
import { didYouMean } from '../options/nearest.js';
import { type Cell, isBlank } from './cell.js';
import { cellsNamed, fieldNames } from './fields.js';
import { isBodyName, isOtherName, isReplyName, isTitleName } from './names.js';
import type { Table } from './table.js';

/** Which columns make the text, and how that was decided. */
export interface TextChoice {
  columns: string[];
  guessed: boolean;
  /** One clause for the user. */
  why: string;
  /** A line of doubt about requested columns that hold numbers, ids or links. */
  doubt?: string;
}

/** What a column's cells look like, by a sample of them. */
interface Look {
  name: string;
  /** Share of rows with something in them, 0 to 1. */
  filled: number;
  /** Mean characters of those. */
  length: number;
  /** Mean words of those. */
  words: number;
  /** Few different cells, as in a column of kinds. */
  repeats: boolean;
}

const SAMPLE = 2000;
// Longer texts aren't more text-like.
const LENGTH_THAT_COUNTS = 400;
const MOSTLY_FILLED = 0.5;
// A heading of fewer words says little without what stands below it.
const WORDS_OF_A_SENTENCE = 4;
/** Characters of a cell in a message. */
const SHOWN = 40;
// Below so many cells, equal ones mean nothing.
const ENOUGH_CELLS = 20;

/**
 * The columns whose text is clustered: the requested ones (in a text, with commas between, unless a column has just
 * that name; a field of an object is `column.field`), or a heading and a body by their names (in some twenty
 * languages), or the column with the longest texts. Of several, the one that is filled in more rows and longer.
 *
 * @param table a table that was read
 * @param requested columns by name, where the choice is not left to this function
 * @returns the columns, whether they were guessed, and why these
 * @throws UserError naming the columns found when a requested one isn't there, or when none holds text.
 * @example
 * const { columns, why } = chooseText(await readTable('news.csv'));
 */
export function chooseText(table: Table, requested?: string | string[]): TextChoice {
  const names = requested === undefined ? [] : [requested].flat().flatMap((name) => namesIn(table, name));
  if (names.length > 0) {
    const columns = requestedColumns(table, names);
    const doubt = doubtAbout(table, columns);
    return { columns, guessed: false, why: 'as requested', ...(doubt === undefined ? {} : { doubt }) };
  }
  if (table.columns.length === 1) {
    return { columns: [table.columns[0]], guessed: true, why: 'the only column' };
  }
  const looks = table.columns.flatMap((name, c) => lookAt(name, table.values[c]) ?? []);
  if (looks.length === 0) {
    if (table.rows === 0) return { columns: [table.columns[0]], guessed: true, why: 'the first column' };
    throw nothingToRead(table);
  }
  // Words of a kind alone say nothing where objects hold sentences.
  if (looks.every(({ words, repeats }) => repeats || words < 1.5)) {
    const inside = bestField(table);
    if (inside && inside.words >= WORDS_OF_A_SENTENCE) throw textInside(table, inside.name, looks);
  }
  const titles = looks.filter(({ name }) => isTitleName(name) && !isReplyName(name));
  const bodies = looks.filter(({ name }) => isBodyName(name) && !isReplyName(name) && !isTitleName(name));
  const body = best(bodies);
  const title = best(titles.filter(({ repeats, filled }) => !repeats && filled >= MOSTLY_FILLED));
  if (body && worthReading(body, title)) {
    const heading = title ?? headingFor(body, bodies);
    return named([heading, body]);
  }
  const others = looks.filter(({ name }) => !isReplyName(name) && !isOtherName(name) && !isTitleName(name));
  const prose = best(others.filter(({ name }) => !isBodyName(name)));
  if (title && title.words < WORDS_OF_A_SENTENCE && prose && score(prose) > 3 * score(title)) {
    return { columns: [title.name, prose.name], guessed: true, why: 'a heading and the longest texts' };
  }
  if (title) return named([title]);
  const chosen = best(others) ?? best(looks);
  return {
    columns: chosen ? [chosen.name] : [],
    guessed: true,
    why: `the longest texts, ${counted(Math.round(chosen?.length ?? 0), 'character')} on average${inPart(chosen)}`,
  };
}

/** A body that most rows lack is left out where the heading is a sentence of its own: vectors then mean the same. */
const worthReading = (body: Look, title: Look | undefined) =>
  body.filled >= MOSTLY_FILLED || (title !== undefined && title.words < WORDS_OF_A_SENTENCE);

/** `summary` above `description`: a shorter text that is there in every row. */
function headingFor(body: Look, bodies: Look[]): Look | undefined {
  return bodies.find(
    (other) =>
      other !== body &&
      /^(?:summary|short[ _]?description)$/i.test(other.name) &&
      other.length < body.length &&
      other.filled >= body.filled,
  );
}

function named(looks: (Look | undefined)[]): TextChoice {
  const found = looks.filter((look) => look !== undefined);
  return {
    columns: found.map(({ name }) => name),
    guessed: true,
    why: `named like a text${inPart(found.at(-1))}`,
  };
}

const inPart = (look: Look | undefined) =>
  look && look.filled < 0.995 ? `, filled in ${percent(look.filled)} of rows` : '';

const score = ({ length, filled, repeats }: Look) =>
  Math.min(length, LENGTH_THAT_COUNTS) * filled ** 2 * (repeats ? 0.1 : 1);

/** Equal scores: the earlier column. */
const best = (looks: Look[]): Look | undefined =>
  looks.reduce<Look | undefined>(
    (first, next) => (first && score(first) >= score(next) ? first : next),
    undefined,
  );

/** Statistics of a column's texts; undefined where most cells are numbers, dates, links, objects or blank. */
function lookAt(name: string, cells: Cell[]): Look | undefined {
  const step = Math.max(1, Math.floor(cells.length / SAMPLE));
  let looked = 0;
  let filled = 0;
  let characters = 0;
  let spaces = 0;
  let wordy = 0;
  const different = new Set<string>();
  for (let row = 0; row < cells.length; row += step) {
    looked++;
    const cell = cells[row];
    if (isBlank(cell)) continue;
    const text = String(cell);
    filled++;
    characters += text.length;
    spaces += text.trim().match(/\s+/g)?.length ?? 0;
    different.add(text);
    const start = text.slice(0, SAMPLE);
    if (/^\s*(?:https?:|[[{].*[\]}]\s*$)/is.test(start)) continue;
    if ((start.match(/\p{L}/gu)?.length ?? 0) > start.length / 3) wordy++;
  }
  if (wordy === 0 || wordy < filled / 2) return undefined;
  return {
    name,
    filled: filled / looked,
    length: characters / filled,
    words: 1 + spaces / filled,
    repeats: filled >= ENOUGH_CELLS && different.size < 0.3 * filled,
  };
}

/** Share of cells of a kind from which a column holds no texts. */
const NEARLY_ALL = 0.9;
/** What a cell without a sentence may be. */
const KINDS: [kind: string, test: RegExp][] = [
  ['dates', /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d{1,2}:\d\d\S*)?$/],
  ['numbers', /^[\s\d.,+%-]*\d[\s\d.,+%-]*$/],
  ['links', /^(?:https?:\/\/|www\.)\S+$/i],
  ['ids', /^(?=[^\d]*\d)[\w.:/#-]+$/],
];

/** Doubt about requested columns that hold no texts, with the column that would be guessed. */
function doubtAbout(table: Table, columns: string[]): string | undefined {
  for (const name of columns) {
    const kind = kindOf(table, name);
    if (!kind) continue;
    const guess = table.columns.length > 1 ? guessBeside(table, name) : undefined;
    const fix =
      guess === undefined ? 'name a column of texts with --text' : `--text ${guess} would take texts`;
    return `column "${name}" holds ${kind.kind}, such as ${JSON.stringify(kind.example)}, which are embedded like texts; ${fix}`;
  }
  return undefined;
}

/** The column that would be taken for the text if this one were not there. */
function guessBeside(table: Table, name: string): string | undefined {
  const looks = table.columns.flatMap((other, c) =>
    other === name || isOtherName(other) || isReplyName(other) ? [] : (lookAt(other, table.values[c]) ?? []),
  );
  return best(looks.filter(({ repeats }) => !repeats))?.name;
}

function kindOf(table: Table, name: string): { kind: string; example: string } | undefined {
  const cell = cellsNamed(table, name);
  const step = Math.max(1, Math.floor(table.rows / SAMPLE));
  const counts = new Map<string, number>();
  let example: string | undefined;
  let filled = 0;
  for (let row = 0; row < table.rows; row += step) {
    const value = cell(row);
    if (isBlank(value)) continue;
    const text = String(value).trim();
    example ??= text.slice(0, SHOWN);
    filled++;
    const kind = KINDS.find(([, test]) => test.test(text));
    if (kind) counts.set(kind[0], (counts.get(kind[0]) ?? 0) + 1);
  }
  if (example === undefined) return undefined;
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const most = [...counts].sort((a, b) => b[1] - a[1])[0];
  return all >= filled * NEARLY_ALL ? { kind: most[0], example } : undefined;
}

/** The columns that a text names: one, or several between commas where no column has it all as its name. */
export function namesIn({ columns }: Pick<Table, 'columns'>, requested: string): string[] {
  if (columns.includes(requested)) return [requested];
  return requested
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function requestedColumns(table: Table, requested: string[]): string[] {
  for (const name of requested) {
    if (table.columns.includes(name) || fieldNames(table, name.split('.')[0]).includes(name)) continue;
    const fields = fieldNames(table, name.split('.')[0]);
    const found = fields.length > 0 ? fields : table.columns;
    throw new UserError(
      `${table.source}: no "${name}" column, which \`text\` names; found ${list(found)}${didYouMean(name.trim(), found)}`,
      { code: 'COLUMN_MISSING', option: 'text', file: table.source },
    );
  }
  return [...new Set(requested)];
}

function nothingToRead(table: Table): UserError {
  const missing = { code: 'COLUMN_MISSING', option: 'text', file: table.source } as const;
  const fields = table.columns.flatMap((column) => fieldNames(table, column));
  if (fields.length > 0) return textInside(table, bestField(table)?.name ?? fields[0], []);
  return new UserError(
    `${table.source}: no column holds text; found ${list(table.columns)}; name one with --text`,
    missing,
  );
}

/** The field of a column's objects that looks most like a text. */
const bestField = (table: Table): Look | undefined =>
  best(
    table.columns
      .flatMap((column) => fieldNames(table, column))
      .flatMap((name) => {
        const cell = cellsNamed(table, name);
        const look = lookAt(name, Array.from({ length: table.rows }, (_, row) => row).map(cell));
        return look && !isReplyName(name) && !isOtherName(name.split('.').at(-1) ?? '') ? [look] : [];
      }),
  );

function textInside(table: Table, field: string, looks: Look[]): UserError {
  const fields = table.columns.flatMap((column) => fieldNames(table, column));
  const what =
    looks.length === 0
      ? 'no column holds text, but objects do'
      : `only words in ${list(looks.map(({ name }) => name))}, but objects hold texts`;
  return new UserError(`${table.source}: ${what}: ${list(fields)}; name a field with --text ${field}`, {
    code: 'COLUMN_MISSING',
    option: 'text',
    file: table.source,
  });
}

function list(columns: string[]): string {
  const shown = columns.slice(0, 20).join(', ');
  return columns.length > 20 ? `${shown} and ${columns.length - 20} more` : shown;
}
