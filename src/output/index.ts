export { type CsvOptions, writeCsv, writeTopicsCsv } from './csv.js';
export { writeJson } from './json.js';
export { writeParquet } from './parquet.js';
export { toPng, writePng } from './png.js';
export { writeReport } from './report.js';
export type { Clustering } from './rows.js';
export type { RunFacts, TimingOptions } from './run-facts.js';
export { toSvg } from './svg.js';
export { writeVectors } from './vectors.js';
