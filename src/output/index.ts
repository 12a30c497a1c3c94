export { type CsvOptions, writeCsv, writeTopicsCsv } from './csv.js';
export { JSON_FORMAT, writeJson } from './json.js';
export type { Clustering, Columns } from './rows.js';
export type { RunFacts } from './run-facts.js';
