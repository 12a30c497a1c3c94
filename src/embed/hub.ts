import * as v from 'valibot';
import { FailureError, UserError } from '../errors.js';
import { isRevision, memberPath } from './model-paths.js';
import { type PersistOptions, Refused, type Web } from './web.js';

/** A file of a hub repository. */
export interface HubFile {
  bytes: number;
  /** Checksum that the hub states: of the content (large files), or git's blob hash (small ones). */
  sha256?: string;
  gitSha1?: string;
}

export interface HubModel {
  id: string;
  /** The commit; downloads are pinned to it. */
  revision: string;
  licence: string;
  files: Map<string, HubFile>;
}

/** The response about a model lists all its files once; a page of the tree has at most 1,000 entries. */
const MOST_BYTES = 16 << 20;
/** Pages of 1,000 files: the hub advises against more than 100,000 files in a repository. */
const MOST_PAGES = 200;
/** Milliseconds for all pages together. */
const MOST_TIME = 300_000;

/** The hub: `HF_ENDPOINT`, else huggingface.co. */
export function hubEndpoint(): string {
  const endpoint = (process.env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '');
  // The address may hold a password, so no more of it is shown than its beginning.
  if (!URL.canParse(endpoint)) {
    throw new UserError('HF_ENDPOINT is not an address; use one such as https://huggingface.co', {
      code: 'OPTION_INVALID',
    });
  }
  const { protocol } = new URL(endpoint);
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new UserError(`HF_ENDPOINT begins with "${protocol}"; it must be an http or https address`, {
      code: 'OPTION_INVALID',
    });
  }
  return endpoint;
}

/** What every request to the hub carries; the token is dropped where a request is sent on to another origin. */
export function hubHeaders(): Record<string, string> {
  const token = process.env.HF_TOKEN;
  return { 'user-agent': 'denscape', ...(token ? { authorization: `Bearer ${token}` } : {}) };
}

export const hubFileUrl = (model: HubModel, path: string): string =>
  `${hubEndpoint()}/${model.id}/resolve/${model.revision}/${path.split('/').map(encodeURIComponent).join('/')}`;

const About = v.object({
  sha: v.pipe(v.string(), v.check(isRevision, 'a commit (digits, or a name without separators)')),
  // Said to the user only: what can't be read is not stated.
  cardData: v.optional(v.fallback(v.nullable(v.object({ license: v.optional(v.string()) })), null)),
  tags: v.optional(v.fallback(v.array(v.string()), [])),
});

// A made-up size of 1e17 is refused later, since no disk holds it.
const Bytes = v.pipe(v.number(), v.integer(), v.minValue(0));
const Hex = (digits: number) =>
  v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${digits}}$`), `${digits} hexadecimal digits`));
const TreeEntry = v.object({
  type: v.string(),
  path: v.string(),
  size: v.nullish(Bytes),
  oid: v.nullish(Hex(40)),
  lfs: v.nullish(v.object({ oid: Hex(64), size: Bytes })),
});

/** Asks the hub what a model's repository holds at a branch, tag or commit. */
export async function askHub(
  web: Web,
  id: string,
  revision: string,
  options: PersistOptions = {},
): Promise<HubModel> {
  const hub = new URL(hubEndpoint());
  const source = `the hub at ${hub.host}`;
  const get = <T>(url: string, schema: v.GenericSchema<unknown, T>, what: string) =>
    web.persist(
      source,
      () =>
        web.json(
          url,
          { headers: hubHeaders(), signal: options.signal },
          schema,
          MOST_BYTES,
          `${source}: ${what}`,
        ),
      options,
    );
  const api = `${hubEndpoint()}/api/models/${id}`;
  try {
    const about = await get(`${api}/revision/${encodeURIComponent(revision)}`, About, `its word on ${id}`);
    const { sha, cardData, tags = [] } = about.value;
    const files = new Map<string, HubFile>();
    const seen = new Set<string>();
    const deadline = performance.now() + MOST_TIME;
    let next: string | undefined = `${api}/tree/${encodeURIComponent(sha)}?recursive=true`;
    while (next) {
      const url: string = next;
      if (seen.has(url)) {
        throw new FailureError(
          `${source} lists the files of ${id} in a circle: a page names an earlier one as next`,
          { code: 'SERVER_FAILED' },
        );
      }
      seen.add(url);
      if (seen.size > MOST_PAGES || performance.now() > deadline) {
        throw new FailureError(
          `${source} lists the files of ${id} without end; ${seen.size - 1} pages were read`,
          { code: 'SERVER_FAILED' },
        );
      }
      const page = await get(url, v.array(TreeEntry), `its list of the files of ${id}`);
      for (const entry of page.value) if (entry.type === 'file') addFile(files, entry, source);
      next = nextPage(page.headers.get('link'), url, hub, source);
    }
    const tag = tags.find((one) => one.startsWith('license:'))?.slice('license:'.length);
    return { id, revision: sha, licence: licenceText(cardData?.license ?? tag), files };
  } catch (error) {
    throw error instanceof Refused ? hubRefusal(error, id, revision) : error;
  }
}

function addFile(
  files: Map<string, HubFile>,
  { path, size, oid, lfs }: v.InferOutput<typeof TreeEntry>,
  source: string,
): void {
  if (memberPath(path) !== undefined) {
    const bytes = lfs?.size ?? size;
    if (typeof bytes !== 'number') {
      throw new FailureError(`${source} states no size for ${JSON.stringify(path)}; nothing was downloaded`, {
        code: 'SERVER_FAILED',
      });
    }
    files.set(path, { bytes, ...(lfs ? { sha256: lfs.oid } : oid ? { gitSha1: oid } : {}) });
    return;
  }
  // No git repository can contain such a path, so the response is forged. Other unusable names are left out.
  if (path.split('/').some((one) => one === '..' || one === '')) {
    throw new FailureError(
      `${source} lists ${JSON.stringify(path.slice(0, 200))}, which lies outside the model's folder; nothing was downloaded`,
      { code: 'SERVER_FAILED' },
    );
  }
}

/** The address of the next page. Only the hub's own origin receives the request, which carries the token. */
function nextPage(link: string | null, url: string, hub: URL, source: string): string | undefined {
  const stated = /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1];
  if (stated === undefined) return undefined;
  const next = URL.canParse(stated, url) ? new URL(stated, url) : undefined;
  if (next?.origin !== hub.origin) {
    const place = next ? next.origin : 'what is not an address';
    throw new FailureError(
      `${source} names ${place} for the next page of its list; only its own pages are read`,
      { code: 'SERVER_FAILED' },
    );
  }
  next.username = hub.username;
  next.password = hub.password;
  return next.href;
}

/** At most 60 visible characters. */
const licenceText = (stated: string | undefined): string =>
  (stated ?? '').replace(/[^\p{L}\p{N}\p{P} ]/gu, '').slice(0, 60) || 'not stated';

/** The hub's no, as what to do about it. */
export function hubRefusal(error: Refused, id: string, revision: string): Error {
  const hasToken = Boolean(process.env.HF_TOKEN);
  if (error.status === 401) {
    // The hub returns 401, not 404, to anonymous requests for what does not exist.
    return new UserError(
      hasToken
        ? `the hub refused HF_TOKEN for model "${id}" (401); make a token with read access to it`
        : `the hub has no public model "${id}" (401); check the name, or set HF_TOKEN if it is private`,
      { code: 'ACCESS_DENIED', option: 'model', cause: error },
    );
  }
  if (error.status === 403) {
    return new UserError(
      `model "${id}" is gated (403); accept its terms on the hub and set HF_TOKEN to a token of that account`,
      { code: 'ACCESS_DENIED', option: 'model', cause: error },
    );
  }
  if (error.status === 404) {
    const at = revision === 'main' ? '' : ` at revision "${revision}"`;
    return new UserError(
      `the hub has no model "${id}"${at} (404); \`denscape models\` lists the short names`,
      { code: 'MODEL_UNKNOWN', option: 'model', cause: error },
    );
  }
  return error;
}
