import { UserError } from '../errors.js';
import type { TableBuilder } from './table.js';

/**
 * Reads JSON Lines: an object or a string a line; the columns are all keys met.
 * @throws UserError with the line that isn't one.
 */
export async function readJsonLines(bytes: AsyncIterable<Buffer>, builder: TableBuilder): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  let number = 0;
  const take = (line: string) => {
    number++;
    if (line.trim() === '') {
      builder.report.emptyLines++;
      return;
    }
    builder.record(parseLine(line, number, builder.source), number);
  };
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines) take(line);
  }
  rest += decoder.decode();
  if (rest !== '') take(rest);
}

function parseLine(line: string, number: number, source: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    const start = line.trimStart();
    const array = number === 1 && start.startsWith('[');
    const fix = array
      ? 'this looks like one JSON array; write one object a line (jq -c ".[]" does it)'
      : `${cause instanceof Error ? cause.message : cause}; expected one object or string a line`;
    throw new UserError(`${source} line ${number}: not JSON: ${fix}`);
  }
  if (typeof value === 'string') return { text: value };
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  const found = Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`;
  throw new UserError(`${source} line ${number}: ${found}; expected one object or string a line`);
}
