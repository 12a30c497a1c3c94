import type { Watch } from '../progress.js';

/** How often something was met, with the first few places. */
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
  /** Lines without anything on them, skipped. */
  emptyLines: number;
  /** Pieces of the file with bytes that the encoding doesn't know, now U+FFFD. */
  replacedBytes: Finding;
  /** Rows whose text columns hold nothing; known after `documents`. They stay in the output, labelled -1. */
  blankTexts: Finding;
}

const EXAMPLES = 5;

export const noFinding = (): Finding => ({ count: 0, examples: [] });

export function note(finding: Finding, line: number, detail: string): void {
  finding.count++;
  if (finding.examples.length < EXAMPLES) finding.examples.push({ line, detail });
}

export const emptyReport = (): ReadReport => ({
  shortRows: noFinding(),
  longRows: noFinding(),
  duplicateHeaders: noFinding(),
  unnamedHeaders: noFinding(),
  emptyLines: 0,
  replacedBytes: noFinding(),
  blankTexts: noFinding(),
});

/** Reports what was odd, one line a kind. */
export function reportFindings(source: string, report: ReadReport, { onProgress }: Watch): void {
  const say = (finding: Finding, what: string, then: string) => {
    if (finding.count === 0) return;
    const [first] = finding.examples;
    const message = `${source}: ${finding.count} ${what}, first on line ${first.line} (${first.detail}); ${then}`;
    onProgress?.({ stage: 'read', level: 'warning', message });
  };
  say(report.duplicateHeaders, 'header name(s) came twice', 'they got a number');
  say(report.unnamedHeaders, 'header cell(s) without a name', 'they are called column_N');
  say(report.shortRows, 'row(s) with fewer cells than the header', 'the missing cells are empty');
  say(
    report.longRows,
    'row(s) with more cells than the header',
    'the extra cells are in columns named column_N',
  );
  say(report.replacedBytes, 'piece(s) with bytes that the encoding does not know', 'they are shown as �');
  if (report.emptyLines > 0) {
    const message = `${source}: ${report.emptyLines} empty line(s) skipped`;
    onProgress?.({ stage: 'read', level: 'info', message });
  }
}
