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

/** Fields of a column's objects that are taken for columns, at most: more are a list by keys, such as counts by word. */
const MOST_FIELDS = 50;
const spread = new WeakMap<Table, Table>();

/**
 * The table with the fields of objects, such as `user.name`, in place of each column of objects. Columns with other cells, or with very many
 * fields, stay as they are.
 */
export function withFields(table: Table): Table {
  const known = spread.get(table);
  if (known) return known;
  const columns: string[] = [];
  const values: Cell[][] = [];
  for (const [at, name] of table.columns.entries()) {
    const fields = fieldsOf(name, table.values[at]);
    const isFree = (field: string) => !table.columns.includes(field);
    for (const [field, cells] of fields && [...fields.keys()].every(isFree)
      ? fields
      : [[name, table.values[at]] as const]) {
      columns.push(field);
      values.push(cells);
    }
  }
  const made = { ...table, columns, values };
  spread.set(table, made);
  return made;
}

/** Cells of the fields of a column's objects by their names; undefined where some cells are others. */
function fieldsOf(name: string, cells: readonly Cell[]): Map<string, Cell[]> | undefined {
  const fields = new Map<string, Cell[]>();
  const put = (value: Record<string, unknown>, path: string, row: number): boolean =>
    Object.entries(value).every(([key, inner]) => {
      const field = `${path}.${key}`;
      if (typeof inner === 'object' && inner !== null && !Array.isArray(inner))
        return put(inner as Record<string, unknown>, field, row);
      let column = fields.get(field);
      if (!column) {
        if (fields.size === MOST_FIELDS) return false;
        column = new Array<Cell>(cells.length).fill(null);
        fields.set(field, column);
      }
      column[row] = cellOf(inner);
      return true;
    });
  for (const [row, cell] of cells.entries()) {
    if (cell === null || cell === '') continue;
    const value = objectOf(cell);
    if (value === undefined || !put(value, name, row)) return undefined;
  }
  return fields.size > 0 ? fields : undefined;
}

function fieldOf(cell: Cell, path: string[]): Cell {
  let value: unknown = objectOf(cell);
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Record<string, unknown>)[key];
  }
  return cellOf(value);
}

function cellOf(value: unknown): Cell {
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
