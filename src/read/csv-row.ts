/** How a delimited file is written. */
export interface Dialect {
  /** One character between cells; null where a line is one cell. */
  delimiter: string | null;
  /** One character around cells that hold delimiters or line breaks; null where quotes are text. */
  quote: string | null;
  /**
   * How a quote inside a quoted cell is written: twice, or after a backslash (then twice is read too, and delimiters of
   * unquoted cells may stand after one).
   */
  escape: 'double' | 'backslash';
  /** Spaces between a delimiter and a cell are no part of the cell. */
  skipSpace: boolean;
  /** Few writers of tab-separated files quote at all: a quote is text unless it closes at a cell's end in its row. */
  sparseQuotes: boolean;
}

/** A row cut into cells. */
export interface Row {
  cells: string[];
  /** Position after the row's line break. */
  end: number;
  /** Line breaks inside its quoted cells. */
  breaks: number;
  /** Why its quotes aren't as they should be, in a clause. */
  oddity?: string;
  /** A quote opens and nothing closes it up to the text's end. */
  unclosed: boolean;
  /** A cell without quotes around it keeps a backslash before a quote: quotes may be escaped that way. */
  hasBackslash?: boolean;
}

interface Cell {
  text: string;
  /** Position of the delimiter or line break behind it, or the text's end. */
  end: number;
  breaks: number;
  oddity?: string;
  unclosed?: boolean;
  /** Whether backslashes were taken from it. */
  escaped?: boolean;
}

/** More text is needed to tell where something ends. */
const MORE = Symbol('more');

const LF = 10;
const CR = 13;
const SPACE = 32;
const BACKSLASH = 92;

/**
 * The row that begins at a position; undefined where the text ends before it may and `final` says that more will come.
 *
 * Well-formed rows are read as RFC 4180 says. Others are read so that a stray quote costs as little as can be: quotes
 * inside a cell that are not doubled are text, and a quote that opens a cell but would swallow rows (`width` cells a
 * line) is text too. No CSV library that we know does either: they refuse such rows, or swallow what follows.
 */
export function parseRow(
  text: string,
  start: number,
  dialect: Dialect,
  width: number,
  final: boolean,
): Row | undefined {
  const row = cut(text, start, dialect, width, final);
  if (!row || !dialect.sparseQuotes || row.cells.length >= width || row.breaks > 0) return row;
  // A tab between two stray quotes: the row is whole when they are text.
  const plain = cut(text, start, { ...dialect, quote: null }, width, final);
  if (plain?.cells.length !== width) return row;
  return { ...plain, oddity: 'a quote opens in one cell and closes in another, and both are read as text' };
}

function cut(text: string, start: number, dialect: Dialect, width: number, final: boolean): Row | undefined {
  const delimiter = dialect.delimiter?.charCodeAt(0) ?? -1;
  const row: Row = { cells: [], end: start, breaks: 0, unclosed: false };
  for (let at = start; ; ) {
    const cell = cellAt(text, at, start, dialect, width, final, row);
    if (cell === MORE) return undefined;
    row.cells.push(cell.text);
    row.breaks += cell.breaks;
    row.oddity ??= cell.oddity;
    row.unclosed ||= cell.unclosed === true;
    const code = cell.end < text.length ? text.charCodeAt(cell.end) : -1;
    if (code === delimiter && code !== -1) {
      at = cell.end + 1;
      continue;
    }
    if (code === CR) {
      if (cell.end + 1 >= text.length && !final) return undefined;
      row.end = text.charCodeAt(cell.end + 1) === LF ? cell.end + 2 : cell.end + 1;
    } else row.end = code === -1 ? text.length : cell.end + 1;
    return row;
  }
}

function cellAt(
  text: string,
  at: number,
  rowStart: number,
  dialect: Dialect,
  width: number,
  final: boolean,
  row: Row,
): Cell | typeof MORE {
  let start = at;
  if (dialect.skipSpace) while (text.charCodeAt(start) === SPACE) start++;
  if (start >= text.length && !final) return MORE;
  const { quote } = dialect;
  if (quote === null || text[start] !== quote) {
    const cell = plainCell(text, start, dialect, final);
    if (cell === MORE || quote === null || cell.escaped || row.oddity !== undefined) return cell;
    const first = cell.text.indexOf(quote);
    if (first < 0) return cell;
    row.hasBackslash ||= cell.text[first - 1] === '\\';
    const closes = closesLater(text, start + first, cell.end, dialect, final);
    if (closes === MORE) return MORE;
    if (closes) {
      cell.oddity = `a quote opens inside cell ${row.cells.length + 1} and closes in a later one: a delimiter may be missing before it`;
    } else if (!dialect.sparseQuotes && countOf(cell.text, quote) % 2 === 1) {
      cell.oddity = `cell ${row.cells.length + 1} holds a quote that none opens`;
    }
    return cell;
  }

  // A quote that opens another cell lines later, or lines as wide as rows: the first quote is stray.
  // Whether the line on which the row begins has the width of a row by itself; found out once, when needed.
  let isWholeLine: boolean | undefined;
  const isStray = (at: number, opens: boolean) => {
    if (dialect.sparseQuotes) return true;
    isWholeLine ??= width > 1 && widthOf(lineAt(text, rowStart), dialect) === width;
    if (!isWholeLine || opens) return isWholeLine;
    return widthOf(lineAt(text, text.lastIndexOf('\n', at) + 1), dialect) === width;
  };
  const quoted = quotedCell(text, start, dialect, final, isStray);
  if (quoted === MORE) return MORE;
  if (quoted === 'stray') return literal(text, start, dialect, final, row.cells.length);
  if (quoted === 'unclosed') {
    const rows = followingRows(text, start, dialect, width, ENOUGH_ROWS);
    // Of a quote in the last row nothing is lost: there is no row that it could swallow.
    const isLast = lineEnd(text, start) >= text.trimEnd().length;
    if (isLast || (isStray(start, true) && (dialect.sparseQuotes || rows >= ENOUGH_ROWS))) {
      return literal(text, start, dialect, final, row.cells.length);
    }
    return { text: text.slice(start + 1), end: text.length, breaks: 0, unclosed: true };
  }
  if (quoted.breaks > 0 && width > 1 && row.breaks === 0) {
    const lines = text.slice(rowStart, lineEnd(text, quoted.end)).split(/\r\n|\n|\r/);
    if (looksLikeRows(lines, dialect, width)) {
      if (dialect.sparseQuotes) return literal(text, start, dialect, final, row.cells.length);
      quoted.oddity ??= `a quoted cell runs over ${lines.length} lines that look like rows`;
    }
  }
  return quoted;
}

/** Lines that look like rows after a quote that nothing closes: fewer could be anything. */
const ENOUGH_ROWS = 2;
const LINES_LOOKED_AT = 20;

/** The cell with the quote that opens it as text; odd, unless its quotes come in pairs where quotes are text. */
function literal(text: string, start: number, dialect: Dialect, final: boolean, before: number) {
  const cell = plainCell(text, start, dialect, final);
  if (cell !== MORE && !(dialect.sparseQuotes && countOf(cell.text, dialect.quote ?? '"') % 2 === 0))
    cell.oddity = `the quote that opens cell ${before + 1} is never closed, and read as text`;
  return cell;
}

/** A cell without quotes around it. */
function plainCell(text: string, start: number, dialect: Dialect, final: boolean): Cell | typeof MORE {
  const stop = dialect.delimiter?.charCodeAt(0) ?? -1;
  const backslash = dialect.escape === 'backslash' ? BACKSLASH : -1;
  let escaped = false;
  let end = start;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === stop || code === LF || code === CR) break;
    if (code !== backslash || !isEscapable(text[end + 1], dialect)) continue;
    escaped = true;
    end++;
  }
  if (end >= text.length && !final) return MORE;
  const cell = text.slice(start, end);
  return escaped
    ? {
        text: cell.replace(/\\(.)/g, (pair, next) => (isEscapable(next, dialect) ? next : pair)),
        end,
        breaks: 0,
        escaped,
      }
    : { text: cell, end, breaks: 0 };
}

/** Whether a backslash before this character, outside quotes, makes it text. */
const isEscapable = (character: string | undefined, { delimiter, quote }: Dialect): boolean =>
  character === '\\' || (character !== undefined && (character === delimiter || character === quote));

// How far a quote is looked for that closes one inside a cell: farther than nearly all cells are long.
const CLOSES_WITHIN = 10_000;

/** Whether the quote at `open`, inside an unquoted cell that ends at `end`, is closed where a later cell of its line ends. */
function closesLater(
  text: string,
  open: number,
  end: number,
  { delimiter, quote }: Dialect,
  final: boolean,
): boolean | typeof MORE {
  if (text[end] !== delimiter) return false;
  // A quote before a space or a delimiter closes something, or stands for inches: it opens nothing.
  if (open + 1 >= end || text[open + 1] === ' ' || text[open + 1] === quote) return false;
  const limit = end + CLOSES_WITHIN;
  for (let at = open + 1; at < limit; at++) {
    if (at >= text.length) return final ? false : MORE;
    const code = text.charCodeAt(at);
    if (code === LF || code === CR) return false;
    if (text[at] !== quote) continue;
    if (text[at + 1] === quote) at++;
    else if (at + 1 >= text.length) return final ? at > end : MORE;
    else if (isEnd(text, at + 1, delimiter)) return at > end;
  }
  return false;
}

const countOf = (text: string, character: string) => text.split(character).length - 1;

/** A cell whose quote stands at `open`. `isStray` decides whether another quote, lines later, says that this one is. */
function quotedCell(
  text: string,
  open: number,
  dialect: Dialect,
  final: boolean,
  isStray: (at: number, opens: boolean) => boolean,
): Cell | 'stray' | 'unclosed' | typeof MORE {
  const { delimiter, quote } = dialect as Dialect & { quote: string };
  const firstBreak = lineEnd(text, open);
  let doubled = false;
  let odd = false;
  let oddOnFirstLine = false;
  // A doubled quote before a delimiter: the cell's end, if a cell opens right behind it.
  let candidate = -1;
  const whole = (close: number, after: number): Cell => {
    const inner = text.slice(open + 1, close);
    return {
      text: doubled ? unescaped(inner, dialect) : inner,
      end: after,
      breaks: firstBreak < close ? inner.split(/\r\n|\n|\r/).length - 1 : 0,
      oddity: odd ? 'quotes inside a quoted cell are not doubled' : undefined,
    };
  };
  for (let at = text.indexOf(quote, open + 1); ; at = text.indexOf(quote, at)) {
    if (at < 0) return final ? (oddOnFirstLine ? 'stray' : 'unclosed') : MORE;
    if (dialect.escape === 'backslash' && isEscaped(text, at, open)) {
      doubled = true;
      at++;
      continue;
    }
    if (at + 1 >= text.length && !final) return MORE;
    if (text[at + 1] === quote) {
      doubled = true;
      if (candidate < 0 && isEnd(text, at + 2, delimiter)) candidate = at;
      at += 2;
      continue;
    }
    let after = at + 1;
    while (text.charCodeAt(after) === SPACE && delimiter !== ' ') after++;
    if (after >= text.length && !final) return MORE;
    if (after >= text.length || isEnd(text, after, delimiter)) return whole(at, after);
    // A quote that is neither doubled nor at the cell's end.
    odd = true;
    const opens = text[at - 1] === delimiter || text[at - 1] === '\n' || text[at - 1] === '\r';
    if (opens && candidate >= 0 && candidate + 2 === at - 1) {
      // `"cell"","next"`: one quote too many at the first cell's end.
      const closed = whole(candidate + 1, candidate + 2);
      return { ...closed, text: `${unescaped(text.slice(open + 1, candidate), dialect)}${quote}` };
    }
    if (firstBreak < at && isStray(at, opens)) return 'stray';
    oddOnFirstLine ||= at < firstBreak;
    at++;
  }
}

function isEscaped(text: string, at: number, open: number): boolean {
  let slashes = 0;
  while (at - 1 - slashes > open && text[at - 1 - slashes] === '\\') slashes++;
  return slashes % 2 === 1;
}

const isEnd = (text: string, at: number, delimiter: string | null) =>
  at < text.length && (text[at] === delimiter || text[at] === '\n' || text[at] === '\r');

function unescaped(inner: string, dialect: Dialect): string {
  const { quote } = dialect;
  if (quote === null) return inner;
  const single = inner.replaceAll(quote + quote, quote);
  return dialect.escape === 'backslash'
    ? single.replaceAll(`\\${quote}`, quote).replaceAll('\\\\', '\\')
    : single;
}

/** Position of the next line break, or the text's end. */
function lineEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === LF || code === CR) return at;
  }
  return text.length;
}

const lineAt = (text: string, start: number) => text.slice(start, lineEnd(text, start));

/** Cells of a line by itself, where a quote that isn't closed on it is text. */
function widthOf(line: string, dialect: Dialect): number {
  return cut(line, 0, { ...dialect, sparseQuotes: true }, 0, true)?.cells.length ?? 0;
}

/** Whether each of several lines could be a row of its own, the first being the start of the row that is read. */
function looksLikeRows(lines: string[], dialect: Dialect, width: number): boolean {
  if (width < 2 || lines.length < 2) return false;
  return lines.slice(0, LINES_LOOKED_AT).every((line, at) => {
    const cells = cut(line, 0, { ...dialect, sparseQuotes: true }, 0, true)?.cells ?? [];
    if (cells.length !== width) return false;
    // Sentences have a space after each comma; cells of a row seldom all begin with one.
    if (at > 0 && !dialect.skipSpace && cells.slice(1).every((cell) => /^\s/.test(cell))) return false;
    // Two cells are one comma, which any sentence may have; but a first cell without a space is seldom a sentence's.
    return width > 2 || !cells[0].trim().includes(' ');
  });
}

/** How many of the next lines are as wide as rows, counted up to `enough`. */
function followingRows(text: string, from: number, dialect: Dialect, width: number, enough: number): number {
  if (width < 2) return 0;
  let rows = 0;
  let at = lineEnd(text, from) + 1;
  for (let looked = 0; looked < LINES_LOOKED_AT && rows < enough && at < text.length; looked++) {
    const line = lineAt(text, at);
    if (widthOf(line, dialect) === width) rows++;
    at += line.length + 1;
  }
  return rows;
}
