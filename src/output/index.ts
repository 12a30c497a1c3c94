export { type CsvOptions, writeCsv, writeTopicsCsv } from './csv.js';
export { JSON_FORMAT, writeJson } from './json.js';
export { writeParquet } from './parquet.js';
export { type PngOptions, toPng, writePng } from './png.js';
export { writeReport } from './report.js';
export type { Clustering, Columns } from './rows.js';
export type { RunFacts } from './run-facts.js';
export { type Picture, type SvgOptions, toSvg } from './svg.js';
