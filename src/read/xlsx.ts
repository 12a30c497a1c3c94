import { readFile } from 'node:fs/promises';
import { UserError } from '../errors.js';
import { type Cell, isBlank } from './cell.js';
import { headOf } from './header.js';
import { inputError } from './input-error.js';
import type { TableBuilder } from './table.js';

/**
 * Reads a sheet of an Excel workbook: the first one that isn't empty, or the one named or numbered from 1.
 * @throws UserError where the workbook is damaged or has no such sheet.
 */
export async function readXlsx(
  path: string,
  sheet: string | number | undefined,
  header: boolean | undefined,
  builder: TableBuilder,
): Promise<void> {
  const { default: readWorkbook } = await import('read-excel-file/node');
  const sheets = await readWorkbook(await readFile(path), { trim: false }).catch((cause: unknown) => {
    throw inputError(
      'INPUT_UNREADABLE',
      { source: builder.source },
      `the Excel workbook can't be read (${cause instanceof Error ? cause.message : cause}); save it again, or as "CSV UTF-8"`,
      cause,
    );
  });
  const chosen = choose(sheets, sheet, builder.source);
  const rows = withoutBlankColumns(chosen.data.map((cells) => (cells as unknown[]).map(asCell)))
    .map((cells, at) => ({ cells, line: at + 1 }))
    .filter(({ cells }) => cells.some((cell) => !isBlank(cell)));
  if (sheets.length > 1) {
    const others = sheets.filter((other) => other !== chosen).map((other) => other.sheet);
    builder.report.dialect.push(`sheet "${chosen.sheet}" (others: ${others.join(', ')})`);
  }
  const widths = rows.map(({ cells }) => cells.findLastIndex((cell) => cell !== null) + 1);
  const width = Math.max(0, ...new Set(widths));
  const head = headOf(
    rows.map(({ cells, line }, at) => ({
      cells: cells.slice(0, widths[at]).map((cell) => String(cell ?? '')),
      line,
      end: 0,
      breaks: 0,
      unclosed: false,
    })),
    width,
    header,
    false,
  );
  builder.report.warnings.push(...head.warnings);
  const table = rows.slice(head.before);
  if (table.length === 0) return;
  const names = Array.from({ length: width }, (_, c) =>
    head.headerRows === 1 ? String(table[0].cells[c] ?? '') : `column_${c + 1}`,
  );
  builder.header(names, table[0].line);
  for (const { cells, line } of table.slice(head.headerRows + head.after)) {
    builder.cells(
      Array.from({ length: width }, (_, c) => cells[c] ?? null),
      line,
    );
  }
}

/** Rows without the columns that hold nothing: a table needn't begin in column A. */
function withoutBlankColumns(rows: Cell[][]): Cell[][] {
  const used = new Set<number>();
  for (const cells of rows) for (const [c, cell] of cells.entries()) if (!isBlank(cell)) used.add(c);
  return rows.map((cells) => cells.filter((_, c) => used.has(c)));
}

function choose<T extends { sheet: string; data: unknown[] }>(
  sheets: T[],
  wanted: string | number | undefined,
  source: string,
): T {
  const found =
    wanted === undefined
      ? (sheets.find(({ data }) => data.length > 0) ?? sheets[0])
      : (sheets.find(({ sheet }) => sheet === String(wanted)) ??
        (/^\d+$/.test(String(wanted)) ? sheets[Number(wanted) - 1] : undefined));
  if (found) return found;
  throw new UserError(
    `${source}: no sheet ${JSON.stringify(wanted ?? 1)}; found ${sheets.map(({ sheet }) => sheet).join(', ')}`,
    { code: 'SHEET_MISSING', option: 'sheet' },
  );
}

/** Dates without a time are days; Excel knows no time zones. */
function asCell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? null : value.toISOString().replace(/(?:T00:00:00)?\.000Z$|Z$/, '');
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : String(value);
}
