import { styleText } from 'node:util';
import type { ClusterResult } from '../pipeline/result.js';
import { safeLine } from './terminal.js';

const SHOWN = 20;

/** The summary of `--json`: counts, topics and paths of the files. */
export function summaryOf(result: ClusterResult, files: string[]) {
  return {
    ...result.facts,
    device: result.device,
    topicList: result.topics.map(({ id, name, size, persistence, keywords }) => ({
      id,
      name,
      size,
      persistence,
      keywords,
    })),
    stages: result.costs,
    files,
  };
}

/** Prints the largest topics, then the paths of the files. */
export function printSummary(result: ClusterResult, files: string[]): void {
  const { topics, facts, costs } = result;
  const out = process.stdout;
  const dim = (text: string) => styleText('dim', text, { stream: out });
  const wide = topics.reduce((most, { size }) => Math.max(most, String(size).length), 4);
  out.write('\n');
  for (const { id, name, size } of topics.slice(0, SHOWN)) {
    out.write(
      `${dim(String(id).padStart(4))}  ${String(size).padStart(wide)}  ${shorten(safeLine(name), (out.columns ?? 100) - wide - 10)}\n`,
    );
  }
  if (topics.length > SHOWN) out.write(dim(`      … and ${topics.length - SHOWN} more in topics.csv\n`));
  const inTopics = facts.rows - facts.noise;
  const percent = facts.rows === 0 ? 0 : Math.round((100 * inTopics) / facts.rows);
  const seconds = costs.reduce((sum, cost) => sum + cost.seconds, 0);
  out.write(
    `\n${count(topics.length, 'topic')}, ${inTopics.toLocaleString('en-US')} of ${count(facts.rows, 'row')} in them (${percent} %), ` +
      `${facts.exactness?.certified ? 'proven exact' : 'not proven exact'}, ${seconds.toFixed(1)} s\n`,
  );
  if (topics.length === 0) {
    out.write('No topic is dense enough: try a smaller --min-cluster-size, or --space reduced.\n');
  } else if (percent < 30) {
    out.write(dim('Many rows are noise: --space reduced puts more of them into topics.\n'));
  }
  for (const file of files) out.write(`${dim(file === files[0] ? '→' : ' ')} ${safeLine(file)}\n`);
}

const count = (value: number, noun: string) =>
  `${value.toLocaleString('en-US')} ${noun}${value === 1 ? '' : 's'}`;

/** By characters, so that no surrogate pair is cut in two. */
const shorten = (text: string, width: number) => {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(1, width - 1)).join('')}…`;
};
