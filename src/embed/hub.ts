import { UserError } from '../errors.js';
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

/** The hub: `HF_ENDPOINT`, else huggingface.co. */
export function hubEndpoint(): string {
  return (process.env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '');
}

/** What every request to the hub carries; fetch drops the token when it is sent on to another host. */
export function hubHeaders(): Record<string, string> {
  const token = process.env.HF_TOKEN;
  return { 'user-agent': 'denscape', ...(token ? { authorization: `Bearer ${token}` } : {}) };
}

export const hubFileUrl = (model: HubModel, path: string): string =>
  `${hubEndpoint()}/${model.id}/resolve/${model.revision}/${path.split('/').map(encodeURIComponent).join('/')}`;

/** Asks the hub what a model's repository holds at a branch, tag or commit. */
export async function askHub(
  web: Web,
  id: string,
  revision: string,
  options: PersistOptions = {},
): Promise<HubModel> {
  const host = new URL(hubEndpoint()).host;
  const get = async (url: string) => {
    const response = await web.request(url, { headers: hubHeaders(), signal: options.signal });
    return { body: await response.json(), link: response.headers.get('link') };
  };
  const api = `${hubEndpoint()}/api/models/${id}`;
  const where = encodeURIComponent(revision);
  try {
    const about = await web.persist(`the hub at ${host}`, () => get(`${api}/revision/${where}`), options);
    const { sha, cardData, tags } = about.body as {
      sha?: string;
      cardData?: { license?: string };
      tags?: string[];
    };
    const commit = sha ?? revision;
    const files = new Map<string, HubFile>();
    let next: string | undefined = `${api}/tree/${encodeURIComponent(commit)}?recursive=true`;
    while (next) {
      const url: string = next;
      const page = await web.persist(`the hub at ${host}`, () => get(url), options);
      for (const entry of page.body as TreeEntry[]) {
        if (entry.type !== 'file') continue;
        files.set(entry.path, {
          bytes: entry.lfs?.size ?? entry.size,
          ...(entry.lfs ? { sha256: entry.lfs.oid } : { gitSha1: entry.oid }),
        });
      }
      next = /<([^>]+)>;\s*rel="next"/.exec(page.link ?? '')?.[1];
    }
    const tag = tags?.find((one) => one.startsWith('license:'))?.slice('license:'.length);
    return { id, revision: commit, licence: cardData?.license ?? tag ?? 'not stated', files };
  } catch (error) {
    throw error instanceof Refused ? hubRefusal(error, id, revision) : error;
  }
}

interface TreeEntry {
  type: string;
  path: string;
  size: number;
  oid: string;
  lfs?: { oid: string; size: number };
}

/** The hub's no, as what to do about it. */
export function hubRefusal(error: Refused, id: string, revision: string): Error {
  const hasToken = Boolean(process.env.HF_TOKEN);
  if (error.status === 401) {
    // The hub answers 401, not 404, to anonymous requests for what does not exist.
    return new UserError(
      hasToken
        ? `the hub refused HF_TOKEN for model "${id}" (401); make a token with read access to it`
        : `the hub has no public model "${id}" (401); check the name, or set HF_TOKEN if it is private`,
    );
  }
  if (error.status === 403) {
    return new UserError(
      `model "${id}" is gated (403); accept its terms on the hub and set HF_TOKEN to a token of that account`,
    );
  }
  if (error.status === 404) {
    const at = revision === 'main' ? '' : ` at revision "${revision}"`;
    return new UserError(
      `the hub has no model "${id}"${at} (404); \`denscape models\` lists the short names`,
    );
  }
  return error;
}
