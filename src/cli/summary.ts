import { styleText } from 'node:util';
import { type ClusterResult, proven } from '../pipeline/result.js';
import type { Topic } from '../shapes.js';
import { safeLine } from './terminal.js';

const SHOWN = 20;
/** Lines of themes and topics together; every theme has at least one topic below it where they fit. */
const LINES = 30;

/** For machines: what was found and where it is. */
export function summaryOf(result: ClusterResult, files: string[]) {
  return {
    ...result.facts,
    device: result.device,
    themeList: result.themeTopics.map(({ id, name, size, keywords }) => ({ id, name, size, keywords })),
    topicList: result.topics.map(({ id, name, size, persistence, keywords, parent }) => ({
      ...{ id, name, size, persistence, keywords, parent },
    })),
    stages: result.costs,
    files,
  };
}

/** For people: themes with their largest topics, what was chosen, then where everything is. */
export function printSummary(result: ClusterResult, files: string[]): void {
  const { topics, facts, costs } = result;
  const out = process.stdout;
  const dim = (text: string) => styleText('dim', text, { stream: out });
  out.write('\n');
  for (const line of listing(result, out.columns ?? 100, dim)) out.write(`${line}\n`);
  const inTopics = facts.rows - facts.noise;
  const percent = facts.rows === 0 ? 0 : Math.round((100 * inTopics) / facts.rows);
  const seconds = costs.reduce((sum, cost) => sum + cost.seconds, 0);
  out.write(
    `\n${count(result.themeTopics.length, 'theme')}, ${count(topics.length, 'topic')}, ${inTopics.toLocaleString('en-US')} of ${count(facts.rows, 'row')} in them (${percent} %), ` +
      `${proven(facts.exactness)}, ${seconds.toFixed(1)} s\n`,
  );
  if (facts.choice) out.write(dim(`${facts.choice.topics}; ${facts.choice.themes}\n`));
  if (topics.length === 0) {
    out.write('No topic is dense enough: try a smaller --min-cluster-size.\n');
  } else if (percent < 30) {
    const raw = facts.choice?.space === 'raw' ? '--space auto or ' : '';
    out.write(dim(`Many rows are in no topic: ${raw}--noise nearest puts more of them into topics.\n`));
  }
  for (const file of files) out.write(`${dim(file === files[0] ? '→' : ' ')} ${safeLine(file)}\n`);
}

/** Themes, largest first, each with its largest topics; topics alone where there are no themes above them. */
function listing(
  { themeTopics, topics }: ClusterResult,
  columns: number,
  dim: (text: string) => string,
): string[] {
  const all = [...themeTopics, ...topics];
  const wide = all.reduce((most, { size }) => Math.max(most, String(size).length), 4);
  const line = ({ id, name, size }: Topic, indent: string) =>
    `${indent}${dim(String(id).padStart(4))}  ${String(size).padStart(wide)}  ${shorten(safeLine(name), columns - wide - 10 - indent.length)}`;
  const isFlat = themeTopics.length === 0 || themeTopics.length >= topics.length;
  if (isFlat) {
    const rest = topics.length - SHOWN;
    const more = rest > 0 ? [dim(`      … and ${rest} more in topics.csv`)] : [];
    return [...topics.slice(0, SHOWN).map((topic) => line(topic, '')), ...more];
  }
  const shown = themeTopics.slice(0, SHOWN);
  const each = Math.max(1, Math.floor(LINES / shown.length) - 1);
  const lines = shown.flatMap((theme) => {
    const below = topics.filter(({ parent }) => parent === theme.id);
    // A single topic would repeat its theme.
    if (below.length === 1) return [line(theme, '')];
    const rest = below.length - each;
    return [
      line(theme, ''),
      ...below.slice(0, each).map((topic) => line(topic, '    ')),
      ...(rest > 0 ? [dim(`          … and ${count(rest, 'topic')} more`)] : []),
    ];
  });
  const hidden = themeTopics.length - shown.length;
  return hidden > 0 ? [...lines, dim(`      … and ${count(hidden, 'theme')} more in topics.csv`)] : lines;
}

const count = (value: number, noun: string) =>
  `${value.toLocaleString('en-US')} ${noun}${value === 1 ? '' : 's'}`;

/** By characters, so that no surrogate pair is cut in two. */
const shorten = (text: string, width: number) => {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(1, width - 1)).join('')}…`;
};
