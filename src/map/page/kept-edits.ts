import { type Edit, editsFile, fingerprint, readEdits } from '../../edits/edits.js';
import type { Manifest } from '../format.js';

/** The place of a map's edits in the page's storage: maps of other topics have another. */
const keyOf = ({ title, rows, topics }: Manifest) =>
  `denscape-edits-${fingerprint(JSON.stringify([title, rows, topics.map(({ id, size, name }) => [id, size, name])]))}`;

/** Edits of an earlier visit; none where the page has no storage. */
export function keptEdits(manifest: Manifest): readonly Edit[] {
  try {
    return readEdits(
      JSON.parse(localStorage.getItem(keyOf(manifest)) ?? '{"denscape":"edits/1","edits":[]}'),
    );
  } catch {
    return [];
  }
}

/** Keeps edits for the next visit. False where the page has no storage: then they last as long as the page. */
export function keepEdits(manifest: Manifest, edits: readonly Edit[]): boolean {
  try {
    if (edits.length === 0) localStorage.removeItem(keyOf(manifest));
    else localStorage.setItem(keyOf(manifest), JSON.stringify(editsFile(edits)));
    return true;
  } catch {
    return false;
  }
}
