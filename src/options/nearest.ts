/** Least likeness, 0 to 1, at which a name is suggested. */
const LEAST_LIKENESS = 0.5;
/** The same where only the last part of a longer name is like it: `uri` of `store.uri`, but not `timeout` for `out`. */
const LEAST_OF_PART = 0.75;

/** The known name most like `name`, whatever its case, underscores and hyphens; undefined where none is like it. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestLikeness = LEAST_LIKENESS;
  for (const candidate of known) {
    const last = likenessOf(name, candidate.split('.').at(-1) ?? candidate);
    const likeness = Math.max(likenessOf(name, candidate), last < LEAST_OF_PART ? 0 : last);
    if (likeness > bestLikeness) {
      best = candidate;
      bestLikeness = likeness;
    }
  }
  return best;
}

/** `; did you mean "X"?`, to follow the name of what is missing; empty where no known name is like it. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`;
}

/** Twice the longest common subsequence over both lengths: 1 for equal names, 0 for nothing in common. */
function likenessOf(one: string, other: string): number {
  const a = plain(one);
  const b = plain(other);
  let before: number[] = new Array(b.length + 1).fill(0);
  for (const letter of a) {
    const row = [0];
    for (let at = 0; at < b.length; at++) {
      row.push(b[at] === letter ? before[at] + 1 : Math.max(before[at + 1], row[at]));
    }
    before = row;
  }
  return (2 * before[b.length]) / Math.max(1, a.length + b.length);
}

const plain = (name: string) => name.toLowerCase().replace(/[-_\s]/g, '');
