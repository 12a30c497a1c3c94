import { counted } from '../counted.js';
import { applyEdits, type Edit, fingerprint, renameThemes } from '../edits/edits.js';
import type { RunFacts } from '../output/index.js';
import type { ShownGroups } from './group-ids.js';

/** Groups of documents with the edits of `edits.json` replayed, and what to say about it. */
export function withEdits(
  found: ShownGroups,
  edits: readonly Edit[],
  textOf: (document: number) => string,
): { shown: ShownGroups; findings: string[] } {
  if (edits.length === 0) return { shown: found, findings: [] };
  const prints = new Map<number, string>();
  const printOf = (document: number) => {
    let print = prints.get(document);
    if (print === undefined) {
      print = fingerprint(textOf(document));
      prints.set(document, print);
    }
    return print;
  };
  const { labels, topics, failed } = applyEdits(found, edits, printOf);
  const successor = successors(found, labels, new Set(topics.map(({ id }) => id)));
  const nearest = found.nearest.map((topic) => successor.get(topic) ?? topic);
  const themes = renameThemes(found.themeTopics, edits);
  const levels = found.levels.map((level) =>
    level.isTheme ? { ...level, groups: renameThemes(level.groups, edits).themes } : level,
  );
  return {
    shown: { ...found, labels, topics, nearest, themeTopics: themes.themes, levels },
    findings: [
      counted(edits.length, 'edit by hand was replayed', 'edits by hand were replayed'),
      ...failed,
      ...themes.failed,
    ],
  };
}

/** For a topic that is gone, the one that most of its documents are in now; −1 where they are noise. */
function successors(
  found: ShownGroups,
  labels: Int32Array,
  there: ReadonlySet<number>,
): ReadonlyMap<number, number> {
  const heirs = new Map<number, Map<number, number>>();
  for (const [document, before] of found.labels.entries()) {
    if (before < 0 || there.has(before)) continue;
    const counts = heirs.get(before) ?? new Map<number, number>();
    counts.set(labels[document], (counts.get(labels[document]) ?? 0) + 1);
    heirs.set(before, counts);
  }
  return new Map(
    [...heirs].map(([id, counts]) => [id, [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0][0]]),
  );
}

/** Facts about groups that were edited. */
export function editedFacts(facts: RunFacts, { topics, labels }: ShownGroups, findings: string[]): RunFacts {
  if (findings.length === 0) return facts;
  const inTopics = labels.reduce((count, label) => count + (label < 0 ? 0 : 1), 0);
  return {
    ...facts,
    topics: topics.length,
    noise: facts.rows - inTopics,
    findings: [...(facts.findings ?? []), ...findings],
  };
}
