import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { writeWhole } from '../files/replace.js';
import { fromJson } from '../outside.js';
import { isRevision, MANIFEST, memberPath } from './model-paths.js';

const Path = v.pipe(
  v.string(),
  v.check((path) => memberPath(path) !== undefined, "a path below the model's folder"),
);
const Bytes = v.pipe(v.number(), v.integer(), v.minValue(0));
const ManifestShape = v.object({
  id: v.string(),
  revision: v.pipe(v.string(), v.check(isRevision, 'a commit')),
  licence: v.string(),
  /** Everything the source offers: path → bytes. */
  offered: v.record(v.string(), Bytes),
  /** What is here, checked when it was downloaded. */
  have: v.record(Path, v.object({ bytes: Bytes, sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) })),
});

/** What `denscape.json` in a downloaded model's folder says. */
export type Manifest = v.InferOutput<typeof ManifestShape>;

/**
 * The manifest of a model's folder; undefined where there is none.
 * @throws FailureError that names the file where it is damaged.
 */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const file = join(folder, MANIFEST);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : fromJson(text, ManifestShape, file);
}

/** Names the folder of a branch, tag or commit, once the model is whole there. */
export async function writeManifest(home: string, revision: string, manifest: Manifest): Promise<void> {
  await writeWhole(join(home, manifest.revision, MANIFEST), [`${JSON.stringify(manifest, null, 2)}\n`]);
  await writeWhole(join(home, refName(revision)), [manifest.revision]);
}

/** The commit that was downloaded for a branch or tag; undefined where none was, or the note is damaged. */
export async function readRef(home: string, revision: string): Promise<string | undefined> {
  const commit = (await readFile(join(home, refName(revision)), 'utf8').catch(() => '')).trim();
  return isRevision(commit) ? commit : undefined;
}

const refName = (revision: string) => `ref-${revision.replaceAll('/', '--')}`;
