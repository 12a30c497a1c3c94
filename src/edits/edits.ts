import type { Topic } from '../shapes.js';

/** Texts that an edit is about: their places among the texts of the map, and a fingerprint of each. */
export interface EditedTexts {
  rows: readonly number[];
  /** {@link fingerprint} of each text: it finds a text again whose place changed. */
  prints: readonly string[];
}

/** A change of topics by hand. Topics are named by their ids, which stay the same while rows are added. */
export type Edit =
  | { do: 'rename'; topic: number; name: string }
  | { do: 'rename'; theme: number; name: string }
  /** The texts of `topics` go to `into`, which keeps its name. */
  | { do: 'merge'; topics: readonly number[]; into: number }
  /** Texts become a topic with an id that no topic has had. */
  | { do: 'split'; topic: number; name: string; keywords: readonly string[]; texts: EditedTexts }
  /** Texts go to another topic, or with −1 into noise. */
  | { do: 'move'; to: number; texts: EditedTexts }
  /** The texts of a topic go into noise. */
  | { do: 'drop'; topic: number }
  /** An empty note takes an earlier one away. */
  | { do: 'note'; topic: number; note: string }
  | { do: 'note'; texts: EditedTexts; note: string };

/** What edits.json holds. */
export interface EditsFile {
  denscape: 'edits/1';
  edits: readonly Edit[];
}

/** What edits change of a topic. */
export type EditableTopic = Pick<
  Topic,
  'id' | 'size' | 'persistence' | 'keywords' | 'name' | 'summary' | 'exemplars'
>;

/** Topics after edits. */
export interface Edited<T extends EditableTopic> {
  labels: Int32Array;
  /** In their order; new ones at the end, those without texts left out. */
  topics: T[];
  /** Notes by topic and by row. */
  notes: { topics: ReadonlyMap<number, string>; texts: ReadonlyMap<number, string> };
  /** Topics that are not as they were found. */
  changed: ReadonlySet<number>;
  /** A sentence for each edit that could not be replayed, or not wholly. */
  failed: string[];
}

/** Of a text: FNV-1a over its UTF-16 units, in eight hexadecimal digits. */
export function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

const CENTRAL = 3;
const MOST_KEYWORDS = 10;

/**
 * Replays edits, in order, on topics as they were found.
 * @param printOf fingerprint of the text of a row; absent where rows are known to be the same
 */
export function applyEdits<T extends EditableTopic>(
  found: { labels: Int32Array; topics: readonly T[] },
  edits: readonly Edit[],
  printOf?: (row: number) => string,
): Edited<T> {
  const labels = found.labels.slice();
  const topics = new Map(found.topics.map((topic) => [topic.id, { ...topic }]));
  const notes = { topics: new Map<number, string>(), texts: new Map<number, string>() };
  const changed = new Set<number>();
  const failed: string[] = [];
  const locate = locator(labels.length, printOf);
  const rowsOf = (texts: EditedTexts, what: string): number[] => {
    const rows = texts.rows.map((row, i) => locate(row, texts.prints[i]));
    const lost = rows.filter((row) => row < 0).length;
    if (lost > 0) failed.push(`${what}: ${lost} of ${rows.length} texts are no longer there`);
    return rows.filter((row) => row >= 0);
  };
  const isKnown = (id: number, what: string): boolean => {
    if (topics.has(id)) return true;
    failed.push(`${what}: there is no topic ${id}`);
    return false;
  };
  const relabel = (rows: Iterable<number>, to: number) => {
    for (const row of rows) {
      if (labels[row] >= 0) changed.add(labels[row]);
      labels[row] = to;
    }
    if (to >= 0) changed.add(to);
  };
  const members = (id: number) => [...labels.keys()].filter((row) => labels[row] === id);

  for (const [at, edit] of edits.entries()) {
    const what = `edit ${at + 1}, ${edit.do}`;
    if ('theme' in edit) continue; // by renameThemes
    if (edit.do === 'rename') {
      const topic = isKnown(edit.topic, what) && topics.get(edit.topic);
      if (topic) topic.name = edit.name;
      changed.add(edit.topic);
    } else if (edit.do === 'drop') {
      if (isKnown(edit.topic, what)) relabel(members(edit.topic), -1);
    } else if (edit.do === 'move') {
      if (edit.to < 0 || isKnown(edit.to, what)) relabel(rowsOf(edit.texts, what), edit.to);
    } else if (edit.do === 'merge') {
      const into = isKnown(edit.into, what) && topics.get(edit.into);
      if (!into) continue;
      for (const id of edit.topics) {
        const from = id !== edit.into && isKnown(id, what) && topics.get(id);
        if (!from) continue;
        relabel(members(id), edit.into);
        into.keywords = interleaved(into.keywords, from.keywords);
        into.exemplars = [...into.exemplars, ...from.exemplars];
        // A sentence about some of its texts only.
        delete into.summary;
      }
    } else if (edit.do === 'split') {
      const rows = rowsOf(edit.texts, what);
      const [template] = found.topics;
      if (topics.has(edit.topic)) failed.push(`${what}: there is a topic ${edit.topic} already`);
      else if (rows.length === 0 || !template) failed.push(`${what}: no text is left for it`);
      else {
        const keywords = edit.keywords.length > 0 ? [...edit.keywords] : [edit.name];
        const own = { id: edit.topic, size: rows.length, persistence: 0, keywords, name: edit.name };
        // Whatever else a topic has, such as its theme, is that of the topic that most of the texts come from.
        const origin = found.topics.find(({ id }) => id === commonest(rows, labels)) ?? template;
        const { summary, ...rest } = origin;
        topics.set(edit.topic, { ...(rest as T), ...own, exemplars: rows.slice(0, CENTRAL) });
        relabel(rows, edit.topic);
      }
    } else if ('texts' in edit)
      for (const row of rowsOf(edit.texts, what)) setNote(notes.texts, row, edit.note);
    else if (isKnown(edit.topic, what)) setNote(notes.topics, edit.topic, edit.note);
  }
  return { labels, topics: counted([...topics.values()], labels), notes, changed, failed };
}

/** Themes with the names that edits give them, and a sentence for each edit of a theme that isn't there. */
export function renameThemes<T extends { id: number; name: string }>(
  themes: readonly T[],
  edits: readonly Edit[],
): { themes: T[]; changed: ReadonlySet<number>; failed: string[] } {
  const names = new Map<number, string>();
  const failed: string[] = [];
  for (const [at, edit] of edits.entries()) {
    if (!('theme' in edit)) continue;
    if (themes.some(({ id }) => id === edit.theme)) names.set(edit.theme, edit.name);
    else failed.push(`edit ${at + 1}, rename: there is no theme ${edit.theme}`);
  }
  const named = themes.map((theme) => ({ ...theme, name: names.get(theme.id) ?? theme.name }));
  return { themes: named, changed: new Set(names.keys()), failed };
}

function setNote(notes: Map<number, string>, key: number, note: string): void {
  if (note === '') notes.delete(key);
  else notes.set(key, note);
}

/** Where a text is: at its place, or at another one where its fingerprint is found once; −1 where it is gone. */
function locator(rows: number, printOf?: (row: number) => string): (row: number, print: string) => number {
  let byPrint: Map<string, number> | undefined;
  return (row, print) => {
    if (!printOf) return row < rows ? row : -1;
    if (row < rows && printOf(row) === print) return row;
    if (!byPrint) {
      byPrint = new Map();
      for (let i = 0; i < rows; i++) byPrint.set(printOf(i), byPrint.has(printOf(i)) ? -1 : i);
    }
    return byPrint.get(print) ?? -1;
  };
}

/** The label that most rows have, −1 left out. */
function commonest(rows: readonly number[], labels: Int32Array): number {
  const counts = new Map<number, number>();
  for (const row of rows) if (labels[row] >= 0) counts.set(labels[row], (counts.get(labels[row]) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? -1;
}

/** Keywords of both, in turn, each once. */
const interleaved = (one: readonly string[], other: readonly string[]): string[] =>
  [...new Set(one.flatMap((word, i) => (i < other.length ? [word, other[i]] : [word])).concat(other))].slice(
    0,
    MOST_KEYWORDS,
  );

/** Topics with the sizes and central texts that labels leave them; without those that no text is left of. */
function counted<T extends EditableTopic>(topics: T[], labels: Int32Array): T[] {
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  return topics.flatMap((topic) => {
    const size = sizes.get(topic.id) ?? 0;
    const exemplars = topic.exemplars.filter((row) => labels[row] === topic.id);
    return size > 0 ? [{ ...topic, size, exemplars }] : [];
  });
}

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((one) => Number.isInteger(one) && one >= -1);
const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

function isTexts(value: unknown): value is EditedTexts {
  if (typeof value !== 'object' || value === null || !('rows' in value) || !('prints' in value)) return false;
  const { rows, prints } = value;
  return (
    isNumbers(rows) && rows.every((row) => row >= 0) && isStrings(prints) && rows.length === prints.length
  );
}

/** What is wrong with an edit of a file; null where nothing is. */
function faultOf(edit: unknown): string | null {
  if (typeof edit !== 'object' || edit === null || !('do' in edit)) return 'must be an object with "do"';
  const has = (key: string): unknown => (edit as Record<string, unknown>)[key];
  const isId = (key: string) => Number.isInteger(has(key)) && Number(has(key)) >= 0;
  const isName = (key: string) => typeof has(key) === 'string' && String(has(key)).trim() !== '';
  const { do: kind } = edit;
  if (kind === 'rename') {
    const of = 'theme' in edit ? 'theme' : 'topic';
    return isId(of) && isName('name') ? null : `needs "${of}" and "name"`;
  }
  if (kind === 'drop') return isId('topic') ? null : 'needs "topic"';
  if (kind === 'merge') return isNumbers(has('topics')) && isId('into') ? null : 'needs "topics" and "into"';
  if (kind === 'move')
    return isNumbers([has('to')]) && isTexts(has('texts')) ? null : 'needs "to" and "texts"';
  if (kind === 'split') {
    const isWhole = isId('topic') && isName('name') && isStrings(has('keywords')) && isTexts(has('texts'));
    return isWhole ? null : 'needs "topic", "name", "keywords" and "texts"';
  }
  if (kind === 'note') {
    const isAbout = isTexts(has('texts')) || isId('topic');
    return isAbout && typeof has('note') === 'string' ? null : 'needs "note" and "topic" or "texts"';
  }
  return `has an unknown "do": ${JSON.stringify(kind)}`;
}

/** The edits of a parsed edits.json. Throws an Error that says what is wrong. */
export function readEdits(json: unknown): Edit[] {
  const form = typeof json === 'object' && json !== null && 'denscape' in json ? json.denscape : undefined;
  if (form !== 'edits/1') throw new Error('"denscape" must be "edits/1", as map.html saves it');
  const edits = (json as { edits?: unknown }).edits;
  if (!Array.isArray(edits)) throw new Error('"edits" must be a list');
  for (const [at, edit] of edits.entries()) {
    const fault = faultOf(edit);
    if (fault) throw new Error(`edit ${at + 1} ${fault}`);
  }
  return edits;
}

export const editsFile = (edits: readonly Edit[]): EditsFile => ({ denscape: 'edits/1', edits });
