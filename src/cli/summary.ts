import { styleText } from 'node:util';
import { counted, grouped, percentOf } from '../counted.js';
import { longCells, longCellsLine } from '../output/excel.js';
import { proven, withoutThemes } from '../output/run-facts.js';
import type { ClusterResult } from '../pipeline/result.js';
import { cores } from '../wasm/thread.js';
import { safeLine } from './terminal.js';
import { topicList } from './topic-list.js';

export interface SummaryOptions {
  /** Paths of the files written. */
  files: string[];
  /** Whether they were written for Excel. */
  excel?: boolean;
  /** Lines above the files. */
  notes?: readonly string[];
  /** Whether the seconds of each stage are printed. */
  timings?: boolean;
  /** Threads asked for. */
  threads?: number;
  /** Folder of the run, where it is kept: what can be looked at in it is said. */
  run?: string;
  /** Whether all themes and topics are listed, not only the largest. */
  isWhole?: boolean;
}

/** Seconds since the process began. */
const sinceStart = () => performance.now() / 1000;

/** For machines: what was found and where it is. */
export function summaryOf(result: ClusterResult, { files, excel }: SummaryOptions) {
  return {
    ...result.facts,
    device: result.device,
    themeList: result.themeTopics.map(({ id, name, size, keywords }) => ({ id, name, size, keywords })),
    topicList: result.topics.map(({ id, name, size, persistence, keywords, parent }) => ({
      ...{ id, name, size, persistence, keywords, parent },
    })),
    longCells: excel ? longCells(result.table) : undefined,
    stages: result.costs,
    seconds: sinceStart(),
    files,
  };
}

/** For people: themes with their largest topics, what was chosen, then where everything is. */
export function printSummary(
  result: ClusterResult,
  { files, notes = [], excel = false, timings = false, threads, run, isWhole = false }: SummaryOptions,
): void {
  const { topics, facts } = result;
  const out = process.stdout;
  const dim = (text: string) => styleText('dim', text, { stream: out });
  out.write('\n');
  for (const line of topicList(result, out.columns ?? 100, dim, isWhole)) out.write(`${line}\n`);
  const inTopics = facts.rows - facts.noise;
  const { split } = facts;
  if (split)
    out.write(
      dim(
        `\nfrom ${grouped(split.parts)} ${split.kind}: a row counts in the topic of most of its text; topic_shares has all of them\n`,
      ),
    );
  out.write(
    `\n${counted(result.themeTopics.length, 'theme')}, ${counted(topics.length, 'topic')}, ${grouped(inTopics)} of ${counted(facts.rows, 'row')} in them (${percentOf(inTopics, facts.rows)}), ` +
      `${proven(facts.exactness)}, ${sinceStart().toFixed(1)} s\n`,
  );
  if (facts.choice) out.write(dim(`${facts.choice.topics}; ${facts.choice.themes}\n`));
  const why = isWhole ? undefined : withoutThemes(result.themeTopics.length, topics.length);
  if (why) out.write(dim(`only topics are listed above: ${why}\n`));
  const advice = adviceOn(result, inTopics / Math.max(1, facts.rows));
  if (advice) out.write(topics.length === 0 ? `${advice}\n` : dim(`${advice}\n`));
  if (run !== undefined && topics.length > 0) out.write(dim(`${nextLine(result, run, isWhole)}\n`));
  const long = excel ? longCellsLine(longCells(result.table)) : undefined;
  if (long) out.write(`${styleText('yellow', '!', { stream: out })} ${safeLine(long)}\n`);
  if (timings) for (const line of timingLines(result, threads)) out.write(`${dim(line)}\n`);
  for (const note of notes) out.write(`${safeLine(note)}\n`);
  for (const file of files) out.write(`${dim(file === files[0] ? '→' : ' ')} ${safeLine(file)}\n`);
}

/** What shows more of a run that is kept. */
function nextLine({ topics, themeTopics }: ClusterResult, run: string, isWhole: boolean): string {
  const folder = safeLine(/^[\w./-]+$/.test(run) ? run : JSON.stringify(run));
  const theme = themeTopics.length > 0 ? `, --theme ${themeTopics[0].id} a theme` : '';
  const rest = isWhole ? '' : ', --all lists all';
  return `denscape open ${folder} --topic ${topics[0].id} shows a topic${theme}${rest}`;
}

/** A topic has two texts at least, and stands out from others. */
const FEWEST_TEXTS = 3;

/** What to try where few rows are in topics. */
function adviceOn({ topics, facts }: ClusterResult, share: number): string | undefined {
  if (topics.length > 0) {
    const raw = facts.choice?.space === 'raw' ? '--space auto or ' : '';
    return share < 0.3
      ? `Many rows are in no topic: ${raw}--noise nearest puts more of them into topics.`
      : undefined;
  }
  const texts = facts.rows - facts.blankTexts;
  if (texts === 0) return undefined;
  if (texts < FEWEST_TEXTS)
    return `${counted(texts, 'text')} ${texts === 1 ? 'is' : 'are'} too few for topics; some dozens are needed.`;
  if (facts.duplicateTexts !== undefined && texts - facts.duplicateTexts === 1 && texts > 1)
    return `All ${counted(texts, 'text')} are the same, so nothing sets them apart: --allow-single-cluster makes one topic of them.`;
  const smallest = facts.parameters.minClusterSize;
  if (!facts.split && typeof smallest === 'number' && smallest > texts)
    return `No topic can have ${grouped(smallest)} rows, since ${counted(texts, 'row')} ${texts === 1 ? 'has' : 'have'} a text: a smaller --min-cluster-size finds topics.`;
  return 'No group stands out from the rest: a smaller --min-cluster-size finds smaller topics, --allow-single-cluster allows one topic of most rows.';
}

/** Seconds of each stage, what lies between them or was spent on two of them at once, and the whole command; then the threads. */
function timingLines({ costs }: ClusterResult, asked = Infinity): string[] {
  const all = sinceStart();
  const between = all - costs.reduce((sum, { seconds }) => sum + seconds, 0);
  const lines: [string, number][] = costs.map(({ stage, seconds }) => [stage, seconds]);
  const threads = costs.find(({ stage }) => stage === 'embed')?.threads;
  lines.push(between < 0 ? ['at once', between] : ['between', between], ['all', all]);
  const stages = lines.map(([stage, seconds]) => {
    const by = stage === 'embed' && threads !== undefined ? `, ${counted(threads, 'thread')}` : '';
    return `${stage.padStart(10)}  ${seconds.toFixed(2).padStart(8)} s${by}`;
  });
  const most = counted(Math.min(asked, cores()), 'thread');
  const less = Number.isFinite(asked) && asked > cores() ? `, not ${asked}` : '';
  return [...stages, `at most ${most} a stage${less}: ${counted(cores(), 'processor')}`];
}
