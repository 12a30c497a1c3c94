import { counted } from '../counted.js';
import type { ClusterResult } from '../pipeline/result.js';
import type { Topic } from '../shapes.js';
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

/** A line of the list: a theme or topic and how far it is indented, or a line that says what is left out. */
type Line = { topic: Topic; indent: string } | string;

/** Themes, largest first, each with its largest topics; topics alone where there are no themes above them. */
export function topicList(result: ClusterResult, columns: number, dim: Style): string[] {
  return written(listed(result), result.texts, columns, dim);
}

function listed({ themeTopics, topics }: ClusterResult): Line[] {
  const isFlat = themeTopics.length === 0 || themeTopics.length >= topics.length;
  if (isFlat) {
    const rest = topics.length - SHOWN;
    const shown: Line[] = topics.slice(0, SHOWN).map((topic) => ({ topic, indent: '' }));
    return rest > 0 ? [...shown, `      … and ${rest.toLocaleString('en-US')} more in topics.csv`] : shown;
  }
  const shown = themeTopics.slice(0, SHOWN);
  const each = Math.max(1, Math.floor(LINES / shown.length) - 1);
  const lines = shown.flatMap((theme): Line[] => {
    const below = topics.filter(({ parent }) => parent === theme.id);
    const own = { topic: theme, indent: '' };
    // A single topic would repeat its theme.
    if (below.length === 1) return [own];
    const rest = below.length - each;
    return [
      own,
      ...below.slice(0, each).map((topic) => ({ topic, indent: '    ' })),
      ...(rest > 0 ? [`          … and ${counted(rest, 'topic')} more`] : []),
    ];
  });
  const hidden = themeTopics.length - shown.length;
  return hidden > 0 ? [...lines, `      … and ${counted(hidden, 'theme')} more in topics.csv`] : lines;
}

/** Number, rows and name, and where most texts are short the most central one, as far as the width goes. */
function written(lines: Line[], texts: string[], columns: number, dim: Style): string[] {
  const entries = lines.filter((line) => typeof line !== 'string');
  const wide = entries.reduce((most, { topic }) => Math.max(most, String(topic.size).length), 4);
  const central = ({ exemplars }: Topic) => (exemplars.length > 0 ? oneLine(texts[exemplars[0]]) : '');
  const isShort = (text: string) => text !== '' && [...text].length <= SHORT;
  const hasTexts = entries.filter(({ topic }) => isShort(central(topic))).length * 2 > entries.length;
  const left = Math.max(LEAST_TEXT, columns - wide - 10);
  const most = hasTexts ? Math.min(NAME_WIDTH, left) : left;
  const named = ({ topic, indent }: Exclude<Line, string>) =>
    shorten(safeLine(topic.name), most - indent.length);
  const longest = entries.reduce((width, line) => Math.max(width, lengthOf(line.indent + named(line))), 0);
  const space = left - longest - 2;
  return lines.map((line) => {
    if (typeof line === 'string') return dim(line);
    const { topic, indent } = line;
    const name = named(line);
    const start = `${indent}${dim(String(topic.id).padStart(4))}  ${String(topic.size).padStart(wide)}  ${name}`;
    if (!hasTexts || space < LEAST_TEXT) return start;
    const text = shorten(central(topic), space);
    return text === '' ? start : `${start}${' '.repeat(longest - lengthOf(indent + name) + 2)}${dim(text)}`;
  });
}

const oneLine = (text: string) => safeLine(text).replace(/\s+/g, ' ').trim();

const lengthOf = (text: string) => [...text].length;

/** By characters, so that no surrogate pair is cut in two. */
function shorten(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(1, width - 1)).join('')}…`;
}
