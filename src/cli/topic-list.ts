import { counted, grouped } from '../counted.js';
import { examplesOf } from '../output/rows.js';
import type { ClusterResult } from '../pipeline/result.js';
import type { Topic } from '../shapes.js';
import { shorten } from '../shorten.js';
import { isNearlyAsMany } from '../themes/groups.js';
import { safeLine } from './terminal.js';

/** Themes, or topics without themes. */
const SHOWN = 20;
/** Lines of themes and topics together; every theme has at least one topic below it where they fit. */
const LINES = 30;
/** Texts up to this many characters are short: the most central one is more informative than keywords. */
const SHORT = 120;
/** Characters of a name where the most central text stands next to it. */
const NAME_WIDTH = 44;
/** Below so many characters a text isn't worth its place. */
const LEAST_TEXT = 20;

type Style = (text: string) => string;

/** A theme, a topic below it or alone, or a line that says what is left out. */
type Line = { topic: Topic; kind: 'theme' | 'below' | 'alone' } | string;

/**
 * Themes, largest first, each with its largest topics, under the numbers that commands take; topics alone where there are hardly fewer
 * themes.
 * @param isWhole whether all of them are listed
 */
export function topicList(result: ClusterResult, columns: number, dim: Style, isWhole = false): string[] {
  const lines = isWhole ? all(result) : listed(result);
  if (lines.length === 0) return [];
  const hasThemes = lines.some((line) => typeof line !== 'string' && line.kind === 'theme');
  const head = `${'topic'.padStart(numberWidth(lines))}   rows  ${hasThemes ? 'theme, and its largest topics' : 'name'}`;
  return [
    dim(isWhole ? head.replace('its largest topics', 'its topics') : head),
    ...written(lines, result.texts, columns, dim),
  ];
}

/** What stands for a theme among the numbers of topics. */
const numberOf = ({ topic, kind }: Exclude<Line, string>): string =>
  kind === 'theme' ? `theme ${topic.id}` : String(topic.id);

const numberWidth = (lines: readonly Line[]): number =>
  lines.reduce((most, line) => (typeof line === 'string' ? most : Math.max(most, numberOf(line).length)), 5);

/** Every theme with the topics of which most rows are in it, then those of none. */
function all({ themeTopics, topics }: ClusterResult): Line[] {
  const ids = new Set(themeTopics.map(({ id }) => id));
  const isApart = ({ parent }: Topic) => parent === undefined || !ids.has(parent);
  return [
    ...themeTopics.flatMap((theme): Line[] => [
      { topic: theme, kind: 'theme' },
      ...topics.filter(({ parent }) => parent === theme.id).map((topic): Line => ({ topic, kind: 'below' })),
    ]),
    ...topics.filter(isApart).map((topic): Line => ({ topic, kind: 'alone' })),
  ];
}

function listed({ themeTopics, topics }: ClusterResult): Line[] {
  const isFlat = themeTopics.length === 0 || isNearlyAsMany(themeTopics.length, topics.length);
  if (isFlat) {
    const rest = topics.length - SHOWN;
    const shown: Line[] = topics
      .slice(0, rest === 1 ? SHOWN + 1 : SHOWN)
      .map((topic) => ({ topic, kind: 'alone' }));
    return rest > 1 ? [...shown, `… and ${grouped(rest)} more in topics.csv`] : shown;
  }
  const shown = themeTopics.slice(0, SHOWN);
  const each = Math.max(1, Math.floor(LINES / shown.length) - 1);
  const lines = shown.flatMap((theme): Line[] => {
    const below = topics.filter(({ parent }) => parent === theme.id);
    // A line on what is left out takes as much place as a single topic.
    const first = below.slice(0, below.length === each + 1 ? each + 1 : each);
    const rest = below.length - first.length;
    return [
      { topic: theme, kind: 'theme' },
      ...first.map((topic): Line => ({ topic, kind: 'below' })),
      ...(rest > 0 ? [`  … and ${counted(rest, 'topic')} more`] : []),
    ];
  });
  const hidden = themeTopics.length - shown.length;
  return hidden > 0 ? [...lines, `… and ${counted(hidden, 'theme')} more in topics.csv`] : lines;
}

/** A topic's number, rows and name, and where most texts are short the most central one, as far as the width goes. */
function written(lines: Line[], texts: string[], columns: number, dim: Style): string[] {
  const entries = lines.filter((line) => typeof line !== 'string');
  const wide = entries.reduce((most, { topic }) => Math.max(most, grouped(topic.size).length), 6);
  const numbers = numberWidth(lines);
  const before = numbers + wide + 3;
  const central = (topic: Topic) => oneLine(examplesOf(topic, texts)[0] ?? '');
  const isShort = (text: string) => text !== '' && [...text].length <= SHORT;
  const hasTexts = entries.filter(({ topic }) => isShort(central(topic))).length * 2 > entries.length;
  const left = Math.max(LEAST_TEXT, columns - before - 2);
  const most = hasTexts ? Math.min(NAME_WIDTH, left) : left;
  const indentOf = ({ kind }: Exclude<Line, string>) => (kind === 'below' ? '  ' : '');
  const named = (line: Exclude<Line, string>) =>
    indentOf(line) + shorten(safeLine(line.topic.name), most - indentOf(line).length);
  const longest = entries.reduce((width, line) => Math.max(width, lengthOf(named(line))), 0);
  const space = left - longest - 2;
  return lines.map((line) => {
    if (typeof line === 'string') return dim(`${' '.repeat(before)}${line}`);
    const { topic, kind } = line;
    const name = named(line);
    const start = `${dim(numberOf(line).padStart(numbers))} ${grouped(topic.size).padStart(wide)}  ${name}`;
    // A theme's most central text is often that of its first topic.
    if (!hasTexts || space < LEAST_TEXT || kind === 'theme') return start;
    const text = shorten(central(topic), space);
    return text === '' ? start : `${start}${' '.repeat(longest - lengthOf(name) + 2)}${dim(text)}`;
  });
}

const oneLine = (text: string) => safeLine(text).replace(/\s+/g, ' ').trim();

const lengthOf = (text: string) => [...text].length;
