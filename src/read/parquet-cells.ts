import { type FileMetaData, parquetSchema, type SchemaElement, type SchemaTree } from 'hyparquet';
import { type Cell, toCell } from './cell.js';

/** A top-level column, with what its values mean. */
export interface PlainColumn {
  name: string;
  meaning: Meaning;
  /** Neither nested nor repeated: a row is a value. */
  isFlat: boolean;
}

/** How a value of a schema's element is written; `undefined` is as it comes. */
interface Meaning {
  write?: (value: unknown) => unknown;
  /** The meaning of a list's elements. */
  element?: Meaning;
  /** The meaning of a map's values. */
  entry?: Meaning;
  /** The meanings of a struct's fields. */
  fields?: Map<string, Meaning>;
}

/**
 * Notes what each column's values mean, and takes from the schema the annotations by which the reader would turn
 * decimals into floats and times into dates of milliseconds: values then come as stored, and are written exactly.
 */
export function plainSchema(metadata: FileMetaData): PlainColumn[] {
  annotateLists(metadata);
  return parquetSchema(metadata).children.map((node) => ({
    name: node.element.name,
    meaning: meaningOf(node),
    isFlat: node.children.length === 0 && node.element.repetition_type !== 'REPEATED',
  }));
}

/** Cells of a column. */
export function cellsOf({ meaning }: PlainColumn, values: ArrayLike<unknown>): Cell[] {
  const cells = new Array<Cell>(values.length);
  for (let row = 0; row < values.length; row++) cells[row] = toCell(written(values[row], meaning));
  return cells;
}

function meaningOf(node: SchemaTree): Meaning {
  const { element, children } = node;
  if (element.logical_type?.type === 'VARIANT') return {};
  if (children.length === 0) {
    const write = writerOf(element);
    clearAnnotation(element, write !== undefined);
    const meaning: Meaning = { write: write ?? asText };
    return element.repetition_type === 'REPEATED' ? { element: meaning } : meaning;
  }
  if (element.converted_type === 'LIST' && children.length === 1) {
    const [repeated] = children;
    const single = repeated.children.length === 1;
    return { element: meaningOf(single ? repeated.children[0] : repeated) };
  }
  if (element.converted_type === 'MAP' && children.length === 1 && children[0].children.length === 2) {
    const [key, value] = children[0].children;
    meaningOf(key);
    return { entry: meaningOf(value) };
  }
  const struct: Meaning = {
    fields: new Map(children.map((child) => [child.element.name, meaningOf(child)])),
  };
  return element.repetition_type === 'REPEATED' ? { element: struct } : struct;
}

function written(value: unknown, meaning: Meaning): unknown {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) {
    const { element = meaning } = meaning;
    return value.map((item) => written(item, element));
  }
  const { write, entry, fields, element } = meaning;
  if (write) return write(value);
  if (typeof value !== 'object' || !(entry || fields || element)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      written(inner, entry ?? fields?.get(key) ?? element ?? {}),
    ]),
  );
}

/** Keys of a map become names of an object's fields, which only the reader can make texts of. */
function asText(value: unknown): unknown {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
}

function writerOf(element: SchemaElement): ((value: unknown) => unknown) | undefined {
  const { converted_type, logical_type, scale } = element;
  if (converted_type === 'DECIMAL' || logical_type?.type === 'DECIMAL') {
    const places = logical_type?.type === 'DECIMAL' ? logical_type.scale : (scale ?? 0);
    return (value) => decimal(value, places);
  }
  if (converted_type === 'DATE' || logical_type?.type === 'DATE')
    return (value) => date(BigInt(value as number));
  if (logical_type?.type === 'TIMESTAMP') {
    const { unit, isAdjustedToUTC } = logical_type;
    return (value) => timestamp(value as bigint, PLACES[unit], isAdjustedToUTC);
  }
  if (converted_type === 'TIMESTAMP_MILLIS') return (value) => timestamp(value as bigint, 3, true);
  if (converted_type === 'TIMESTAMP_MICROS') return (value) => timestamp(value as bigint, 6, true);
  if (logical_type?.type === 'TIME') {
    const { unit } = logical_type;
    return (value) => time(BigInt(value as bigint | number), PLACES[unit]);
  }
  if (converted_type === 'TIME_MILLIS') return (value) => time(BigInt(value as number), 3);
  // By the custom of Spark and Hive in UTC.
  if (element.type === 'INT96') return (value) => timestamp(value as bigint, PLACES.NANOS, true);
  if (converted_type === 'TIME_MICROS') return (value) => time(value as bigint, 6);
  return undefined;
}

const PLACES = { MILLIS: 3, MICROS: 6, NANOS: 9 };
const SECONDS_A_DAY = 86_400n;

function clearAnnotation(element: SchemaElement, written: boolean): void {
  if (written) {
    delete element.converted_type;
    delete element.logical_type;
  }
}

/** An unscaled integer, big-endian where it comes as bytes, with its decimal point. */
function decimal(value: unknown, places: number): string {
  const unscaled = value instanceof Uint8Array ? signed(value) : BigInt(value as number | bigint);
  return pointed(unscaled, places);
}

function signed(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`));
}

function pointed(unscaled: bigint, places: number): string {
  if (places <= 0) return (unscaled * 10n ** BigInt(-places)).toString();
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(places + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** `2031-03-01`; years beyond 9999 as ISO 8601 writes them. */
function date(days: bigint): string {
  // What Date knows: 100 million days around 1970.
  if (days > 100_000_000n || days < -100_000_000n) return `${days} days from 1970-01-01`;
  return new Date(Number(days) * 86_400_000).toISOString().replace(/T.*/, '');
}

/** `2031-03-01T10:00:00.123456`, with a Z where it is an instant rather than a wall clock's time. */
function timestamp(value: bigint, places: number, utc: boolean): string {
  const second = 10n ** BigInt(places);
  const day = floorDivide(value, second * SECONDS_A_DAY);
  return `${date(day)}T${time(value - day * second * SECONDS_A_DAY, places, 3)}${utc ? 'Z' : ''}`;
}

/** `12:34:56.123`; zeros at the fraction's end are left out in threes, down to the `least` digits. */
function time(value: bigint, places: number, least = 0): string {
  const second = 10n ** BigInt(places);
  const seconds = value / second;
  const two = (part: bigint) => part.toString().padStart(2, '0');
  const fraction = (value % second)
    .toString()
    .padStart(places, '0')
    .replace(/(?:000)+$/, '');
  const shown = fraction.padEnd(least, '0');
  return `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}${shown && `.${shown}`}`;
}

const floorDivide = (a: bigint, b: bigint) => a / b - (a % b < 0n ? 1n : 0n);

/** Marks repeated groups without a LIST annotation as lists, which they are; the reader refuses unmarked ones. */
function annotateLists({ schema }: FileMetaData): void {
  for (const [at, element] of schema.entries()) {
    const next = schema[at + 1];
    const bare = at > 0 && element.num_children === 1 && !element.converted_type && !element.logical_type;
    if (bare && element.repetition_type !== 'REPEATED' && next?.repetition_type === 'REPEATED') {
      element.converted_type = 'LIST';
    }
  }
}
