import { counted, grouped, percent } from '../counted.js';
import { markdownTable } from '../output/markdown.js';
import { type Changes, type GroupChange, TREND_ROWS, TREND_Z, type Trend } from './changes.js';
import { SAME_OVERLAP } from './lifecycle.js';

const SHOWN = 30;
const KEYWORDS = 6;
/** So many groups that were merged into one have a line together. */
const MANY_MERGED = 3;
const MERGED_SHOWN = 6;

/** How many topics and themes a new cut kept and changed, in one line. */
export function recutLine({ topics, themes, moved }: Changes): string {
  const counts = [eventCounts('topic', topics), eventCounts('theme', themes)].join('; ');
  return `${counts}; ${counted(moved.rows, 'row')} in another topic than before, see changes.md`;
}

function eventCounts(kind: string, groups: readonly GroupChange[]): string {
  const count = (isOne: (group: GroupChange) => boolean) => groups.filter(isOne).length;
  const kept = count((group) => group.kind === 'kept');
  const fresh = count(({ kind: what }) => what === 'born' || what === 'split from');
  const ended = groups.length - kept - fresh;
  return `${counted(kept, kind)} kept, ${grouped(fresh)} new, ${grouped(ended)} merged or gone`;
}

/** What added rows changed, in a few lines for the terminal. */
export function changeLines(changes: Changes): string[] {
  const { rows, rowsBefore, skipped, changedTexts, drift, moved } = changes;
  if (rows === rowsBefore) return [nothingLine(changes)];
  const lines = [`${counted(rows - rowsBefore, 'row')} added, ${grouped(rows)} in all`];
  if (skipped > 0) {
    const other =
      changedTexts > 0 ? `, ${grouped(changedTexts)} of them with another text, which is not taken` : '';
    lines.push(`${counted(skipped, 'row was', 'rows were')} there already and left out${other}`);
  }
  lines.push(changes.how);
  lines.push(...eventLines('topic', changes.topics), ...eventLines('theme', changes.themes));
  lines.push(...trendLines('growing', changes.growing), ...trendLines('fading', changes.fading));
  lines.push(`${counted(moved.rows, 'earlier row')} in another topic than before`);
  if (drift) {
    lines.push(
      `${counted(drift.rows, 'new row')} (${percent(drift.share, 1)}) far from all earlier ones; about 1 % is usual`,
    );
  }
  return lines;
}

function nothingLine({ rows, skipped, changedTexts }: Changes): string {
  if (skipped === 0) return `no rows to add: the run keeps its ${counted(rows, 'row')}`;
  const other =
    changedTexts > 0 ? `, ${grouped(changedTexts)} of them with another text, which is not taken` : '';
  return `no rows added: ${skipped === 1 ? 'the 1 row is' : `all ${grouped(skipped)} rows are`} in the run already${other}`;
}

const isChanged = ({ kind, formerName }: GroupChange): boolean => kind !== 'kept' || formerName !== undefined;

function eventLines(kind: string, groups: readonly GroupChange[]): string[] {
  const changed = groups.filter(isChanged);
  const kept = groups.filter((group) => group.kind === 'kept').length;
  const names = new Map(groups.map(({ id, name }) => [id, name]));
  const merged = new Map<number, GroupChange[]>();
  for (const group of changed) {
    if (group.kind !== 'merged into' || group.other === undefined) continue;
    merged.set(group.other, [...(merged.get(group.other) ?? []), group]);
  }
  const many = [...merged].filter(([, those]) => those.length >= MANY_MERGED);
  const isMany = new Set(many.flatMap(([, those]) => those));
  const lines = changed
    .filter((group) => !isMany.has(group))
    .map((group) => `  ${kind} ${group.id} ${eventText(group, names)}`);
  for (const [other, those] of many) {
    const shown = those.slice(0, MERGED_SHOWN).map(({ id, name }) => `${id} ${name}`);
    const more = those.length > MERGED_SHOWN ? `; and ${grouped(those.length - MERGED_SHOWN)} more` : '';
    lines.push(
      `  ${counted(those.length, kind)} merged into ${numbered(other, names)}: ${shown.join('; ')}${more}`,
    );
  }
  const rest = lines.length > SHOWN ? [`  … and ${grouped(lines.length - SHOWN)} more in changes.json`] : [];
  return [`${counted(kept, kind)} kept`, ...lines.slice(0, SHOWN), ...rest];
}

const numbered = (id: number, names: ReadonlyMap<number, string>): string => {
  const name = names.get(id);
  return name === undefined ? String(id) : `${id} (${name})`;
};

function eventText(
  { kind, other, name, formerName, keywords, before, after }: GroupChange,
  names: ReadonlyMap<number, string>,
): string {
  const to = other === undefined ? '' : ` ${numbered(other, names)}`;
  const rows = after > 0 ? counted(after, 'row') : `${counted(before, 'row')} before`;
  const known = name.toLowerCase();
  const further = after > 0 ? keywords.filter((word) => !known.includes(word.toLowerCase())) : [];
  const words = further.length > 0 ? `; ${further.slice(0, KEYWORDS).join(', ')}` : '';
  const what = kind === 'kept' ? `renamed from ${formerName}` : `${kind}${to}`;
  return `${what}: ${name} (${rows}${words})`;
}

const trendLines = (what: string, trends: readonly Trend[]): string[] =>
  trends.length === 0
    ? []
    : [
        `${what}: ${trends
          .slice(0, 5)
          .map(({ id, name, added }) => `${id} ${name} (+${grouped(added)})`)
          .join('; ')}`,
      ];

/** changes.md: what a change did, and by which rules. */
export function changesPage(changes: Changes): string {
  const { topics, themes, growing, fading, moved, drift } = changes;
  const parts = [
    `# What changed\n`,
    changes.did === 'add'
      ? `${counted(changes.rows - changes.rowsBefore, 'row')} added to ${grouped(changes.rowsBefore)}; ${counted(changes.skipped, 'row was', 'rows were')} there already. ${sentence(changes.how)}\n`
      : `${sentence(changes.how)}\n`,
    section('Topics', topics),
    section('Themes', themes),
    trends('Growing topics', growing),
    trends('Fading topics', fading),
    '## Rows that moved\n',
    `${counted(moved.rows, 'earlier row')} in another topic than before, or newly in one or in none.\n`,
    ...(drift
      ? [
          '## Drift\n',
          `${counted(drift.rows, 'new row')} (${percent(drift.share, 1)}) are farther from every earlier row than 99 of 100 earlier rows are from their nearest other one (distance ${drift.distance.toPrecision(3)}). About 1 % is usual; a larger share means that the new texts are about other things.\n`,
        ]
      : []),
    '## Rules\n',
    `A topic is the same as before if the matching of greatest total Jaccard overlap, over the rows that are in both runs, pairs the two with an overlap of ${SAME_OVERLAP} or more: it keeps its id and name; a theme more than half of whose rows are new is named anew. A new topic is *split from* an earlier one that at least half of its rows were in, and *born* otherwise. An earlier topic without a successor is *merged into* one that at least half of its rows are in now, and *gone* otherwise. An id is never used again. A topic grows or fades if its share of the new rows differs from its share of the earlier ones by ${TREND_Z} standard deviations or more (two-proportion z-test), and it has ${TREND_ROWS} new rows or, if it fades, would have had ${TREND_ROWS} at its earlier share.\n`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

const sentence = (line: string): string => `${line.charAt(0).toUpperCase()}${line.slice(1)}.`;

function section(title: string, groups: readonly GroupChange[]): string {
  const changed = groups.filter(isChanged);
  const kept = `## ${title}\n\n${counted(groups.filter(({ kind }) => kind === 'kept').length, 'group')} kept.\n`;
  if (changed.length === 0) return kept;
  const lines = changed.map(({ id, kind, other, name, formerName, keywords, before, after }) => [
    String(id),
    kind === 'kept' ? `renamed from ${formerName}` : other === undefined ? kind : `${kind} ${other}`,
    name,
    grouped(before),
    grouped(after),
    keywords.slice(0, KEYWORDS).join(', '),
  ]);
  return `${kept}\n${markdownTable(['id', 'what', 'name', 'rows before', 'rows now', 'keywords'], lines)}`;
}

function trends(title: string, found: readonly Trend[]): string {
  if (found.length === 0) return '';
  const lines = found.map(({ id, name, before, added, z }) => [
    String(id),
    name,
    grouped(before),
    grouped(added),
    z.toFixed(1),
  ]);
  return `## ${title}\n\n${markdownTable(['id', 'name', 'earlier rows', 'new rows', 'z'], lines)}`;
}
