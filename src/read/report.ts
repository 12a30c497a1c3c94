import { counted } from '../counted.js';
import type { Watch } from '../progress.js';

/** How often something occurred, with the first few places. */
export interface Finding {
  count: number;
  /** The first five; `line` is 1-based (the row's number for arrays and Parquet). */
  examples: { line: number; detail: string }[];
}

/** What was odd about a table. Nothing here stops a run. */
export interface ReadReport {
  /** Rows with fewer cells than the header; the missing ones are null. */
  shortRows: Finding;
  /** Rows with more cells than the header; the extra ones are kept in columns named `column_N`. */
  longRows: Finding;
  /** Header names that came twice and got a number: `title`, `title_2`. */
  duplicateHeaders: Finding;
  /** Header cells without a name, now `column_N`. */
  unnamedHeaders: Finding;
  /** Quotes that open, close or stand where none should: the cell may not be what was meant. */
  strayQuotes: Finding;
  /** Lines without anything on them, skipped. */
  emptyLines: number;
  /** Pieces of the file with bytes that the encoding doesn't know, now U+FFFD. */
  replacedBytes: Finding;
  /** Zero characters, dropped. */
  nuls: Finding;
  /** Cells of text columns that hold a placeholder such as `N/A` and count as blank; known after `documents`. */
  placeholders: Finding;
  /** Cells of text columns that hold HTML; known after `documents`. */
  htmlTexts: Finding;
  /** Rows whose text columns hold nothing; known after `documents`. They stay in the output, labelled -1. */
  blankTexts: Finding;
  /** How the file is written, where that is unusual: `cells between semicolons`. */
  dialect: string[];
  /** Sentences about the file as a whole: lines left out before a header. */
  warnings: string[];
}

const EXAMPLES = 5;

export const noFinding = (): Finding => ({ count: 0, examples: [] });

export function note(finding: Finding, line: number, detail: string, count = 1): void {
  finding.count += count;
  if (finding.examples.length < EXAMPLES) finding.examples.push({ line, detail });
}

export const emptyReport = (): ReadReport => ({
  shortRows: noFinding(),
  longRows: noFinding(),
  duplicateHeaders: noFinding(),
  unnamedHeaders: noFinding(),
  strayQuotes: noFinding(),
  emptyLines: 0,
  replacedBytes: noFinding(),
  nuls: noFinding(),
  placeholders: noFinding(),
  htmlTexts: noFinding(),
  blankTexts: noFinding(),
  dialect: [],
  warnings: [],
});

const FINDINGS = [
  'shortRows',
  'longRows',
  'duplicateHeaders',
  'unnamedHeaders',
  'strayQuotes',
  'replacedBytes',
  'nuls',
] as const;

/** Adds what was odd about one of several files to what was odd about all. */
export function addReport(total: ReadReport, part: ReadReport): void {
  for (const name of FINDINGS) {
    total[name].count += part[name].count;
    total[name].examples.push(...part[name].examples);
    total[name].examples.length = Math.min(EXAMPLES, total[name].examples.length);
  }
  total.emptyLines += part.emptyLines;
  total.dialect = [...new Set([...total.dialect, ...part.dialect])];
  total.warnings.push(...part.warnings);
}

/** Reports what was odd, one line a kind. */
export function reportFindings(source: string, report: ReadReport, { onProgress }: Watch): void {
  const say = (
    finding: Finding,
    thing: string,
    what: string,
    then: string,
    level: 'warning' | 'info' = 'warning',
  ) => {
    if (finding.count === 0) return;
    const [first] = finding.examples;
    const message = `${source}: ${counted(finding.count, thing)}${what}, first on line ${first.line} (${first.detail}); ${then}`;
    onProgress?.({ stage: 'read', level, message });
  };
  for (const message of report.warnings) {
    onProgress?.({ stage: 'read', level: 'warning', message: `${source}: ${message}` });
  }
  say(report.duplicateHeaders, 'header name', ' came twice', 'numbered as in title_2');
  say(report.unnamedHeaders, 'header cell', ' without a name', 'named column_N by position');
  say(report.shortRows, 'row', ' with fewer cells than the header', 'the missing cells are empty');
  say(
    report.longRows,
    'row',
    ' with more cells than the header',
    'the extra cells are in columns named column_N',
  );
  say(
    report.strayQuotes,
    'row',
    ' with stray quotes',
    'check the cells, or use --quote none where quotes are text',
  );
  say(report.replacedBytes, 'piece', ' with bytes that the encoding does not know', 'shown as �');
  say(report.nuls, 'zero character', '', 'dropped', 'info');
  if (report.emptyLines > 0) {
    const message = `${source}: ${counted(report.emptyLines, 'empty line')} skipped`;
    onProgress?.({ stage: 'read', level: 'info', message });
  }
}
