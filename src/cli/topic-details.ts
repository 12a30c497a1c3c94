import { counted, grouped, percent } from '../counted.js';
import { examplesOf } from '../output/rows.js';
import type { ClusterResult } from '../pipeline/result.js';
import type { Topic } from '../shapes.js';
import { shorten } from '../shorten.js';
import { safeLine } from './terminal.js';

/** A topic or a theme, as `denscape open` shows one. */
export interface Details {
  kind: 'topic' | 'theme';
  id: number;
  name: string;
  size: number;
  keywords: string[];
  summary?: string;
  /** Of a topic: in how many of ten subsamples it is found again. */
  foundAgain?: number;
  /** Of a topic: the theme that most of its rows are in. */
  theme?: { id: number; name: string };
  /** Of a theme: the topics of which most rows are in it, the largest first. */
  topics?: { id: number; name: string; size: number }[];
  /** Its most central different texts. */
  texts: string[];
}

export function detailsOf(
  { topics, themeTopics, texts }: ClusterResult,
  kind: Details['kind'],
  { id, name, size, keywords, summary, foundAgain, parent, ...group }: Topic,
): Details {
  const theme = kind === 'topic' ? themeTopics.find((one) => one.id === parent) : undefined;
  return {
    ...{ kind, id, name, size, keywords, summary, foundAgain },
    theme: theme && { id: theme.id, name: theme.name },
    topics:
      kind === 'theme'
        ? topics
            .filter((topic) => topic.parent === id)
            .map((topic) => ({ id: topic.id, name: topic.name, size: topic.size }))
        : undefined,
    texts: examplesOf({ id, name, size, keywords, ...group }, texts),
  };
}

const KEYWORDS = 12;

/** @param rows of the run */
export function detailLines(details: Details, rows: number, columns: number): string[] {
  const { kind, id, name, size, keywords, summary, foundAgain, theme, topics, texts } = details;
  const again = foundAgain === undefined ? '' : `; found again in ${foundAgain} of 10 subsamples`;
  const where = theme ? `; in theme ${theme.id} ${theme.name}` : '';
  const width = Math.max(40, columns - 4);
  return [
    `${kind} ${id}  ${name}`,
    `${counted(size, 'row')} (${percent(size / Math.max(1, rows))})${where}${again}`,
    ...(summary === undefined ? [] : [summary]),
    `keywords: ${keywords.slice(0, KEYWORDS).join(', ')}`,
    ...(topics ? [`${counted(topics.length, 'topic')}:`] : []),
    ...(topics ?? []).map(
      (topic) => `${String(topic.id).padStart(5)}  ${topic.name} (${grouped(topic.size)})`,
    ),
    'most central texts:',
    ...texts.map((text) => `  ${shorten(safeLine(text).replace(/\s+/g, ' ').trim(), width)}`),
  ];
}
