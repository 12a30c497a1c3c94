import type { Cell } from './cell.js';
import type { Table } from './table.js';

const ROWS_LOOKED_AT = 50;

/** Fields that hold text in a column of objects, as `column.field`; none where its cells aren't objects. */
export function fieldNames(table: Table, column: string): string[] {
  const at = table.columns.indexOf(column);
  if (at < 0) return [];
  const names = new Set<string>();
  for (let row = 0; row < Math.min(table.rows, ROWS_LOOKED_AT); row++) {
    const value = objectOf(table.values[at][row]);
    if (value) collect(value, column, names);
  }
  return [...names];
}

function collect(value: Record<string, unknown>, path: string, names: Set<string>): void {
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === 'string') names.add(`${path}.${key}`);
    else if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
      collect(inner as Record<string, unknown>, `${path}.${key}`, names);
    }
  }
}

/** A column's cells by its name, or those of a field of its objects: `data.title`. */
export function cellsNamed(table: Table, name: string): (row: number) => Cell {
  const at = table.columns.indexOf(name);
  if (at >= 0) return (row) => table.values[at][row];
  // The longest column that the path begins with, whose own name may hold points.
  const parts = name.split('.');
  for (let length = parts.length - 1; length > 0; length--) {
    const column = table.columns.indexOf(parts.slice(0, length).join('.'));
    if (column >= 0) return (row) => fieldOf(table.values[column][row], parts.slice(length));
  }
  return () => null;
}

function fieldOf(cell: Cell, path: string[]): Cell {
  let value: unknown = objectOf(cell);
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Record<string, unknown>)[key];
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value === null || value === undefined ? null : JSON.stringify(value);
}

/** A cell's JSON object; undefined where it holds none. */
function objectOf(cell: Cell): Record<string, unknown> | undefined {
  if (typeof cell !== 'string' || !cell.startsWith('{')) return undefined;
  try {
    return JSON.parse(cell) as Record<string, unknown>;
  } catch {
    return undefined; // a text that begins with a brace
  }
}
