import { inputError } from './input-error.js';
import { JsonFault, parseJson } from './json-value.js';
import { linesOf } from './lines.js';
import type { TableBuilder } from './table.js';

/**
 * Reads JSON Lines: an object or a string a line; the columns are all keys of all objects.
 * @throws UserError with the line that isn't one.
 */
export async function readJsonLines(texts: AsyncIterable<string>, builder: TableBuilder): Promise<void> {
  for await (const { line, number } of linesOf(texts, builder.source)) {
    if (line.trim() === '') builder.report.emptyLines++;
    else builder.record(asRecord(line, number, builder.source), number);
  }
}

function asRecord(line: string, number: number, source: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch (cause) {
    if (!(cause instanceof JsonFault)) throw cause;
    throw inputError(
      'FORMAT_INVALID',
      { source, line: number },
      `${cause.message}; expected one object or string a line`,
    );
  }
  if (typeof value === 'string') return { text: value };
  if (isObject(value)) return value;
  throw inputError(
    'ROW_INVALID',
    { source, line: number },
    `${kindOf(value)}; expected one object or string a line`,
  );
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`;
