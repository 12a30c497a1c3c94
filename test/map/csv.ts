import { parse } from 'csv-parse/sync';

/** The records of a CSV file that the map saved. */
export const readCsv = (file: Buffer): Record<string, string>[] => parse(file, { bom: true, columns: true });
