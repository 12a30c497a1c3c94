import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

/** What the hub does instead of answering a file request well. */
type Mischief =
  | { kind: 'cut'; after: number }
  | { kind: 'stall'; after: number }
  | { kind: 'corrupt' }
  | { kind: 'ignore range' }
  | { kind: 'status'; status: number; headers?: Record<string, string> }
  | { kind: 'answer'; body: string; headers?: Record<string, string> }
  | { kind: 'endless' }
  | { kind: 'drip' };

export interface HubServer {
  url: string;
  /** Paths with their ranges, in order: `GET /… bytes=10-`. */
  requests: string[];
  /** Authorization headers seen. */
  tokens: Set<string | undefined>;
  /** Files of the one model, by path; change them at will. */
  files: Map<string, Buffer>;
  /** Sizes that the listing states wrongly. */
  statedBytes: Map<string, number>;
  /** Consumed one by one, by the path (`api` for the word on a model, `tree` for its list) they are filed under. */
  mischief: Map<string, Mischief[]>;
  close(): Promise<void>;
}

export const COMMIT = '1234567890abcdef1234567890abcdef12345678';

/** Plays the hub for one model, whose files are those of the tiny BGE-M3. */
export async function startHub(id: string): Promise<HubServer> {
  const files = await tinyModel();
  const requests: string[] = [];
  const tokens = new Set<string | undefined>();
  const mischief: HubServer['mischief'] = new Map();
  const statedBytes: HubServer['statedBytes'] = new Map();
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const path = decodeURIComponent((request.url ?? '').split('?')[0]);
    requests.push(`${path}${request.headers.range ? ` ${request.headers.range}` : ''}`);
    tokens.add(request.headers.authorization);
    const isFile = path.startsWith(`/${id}/resolve/${COMMIT}/`);
    const name = isFile
      ? path.slice(`/${id}/resolve/${COMMIT}/`.length)
      : path.includes('/tree/')
        ? 'tree'
        : 'api';
    const trouble = mischief.get(name)?.shift();
    if (trouble?.kind === 'status') {
      response.writeHead(trouble.status, trouble.headers).end('{"error":"no"}');
    } else if (trouble?.kind === 'answer') {
      response.writeHead(200, trouble.headers).end(trouble.body);
    } else if (trouble?.kind === 'endless') {
      sendEndless(response);
    } else if (trouble?.kind === 'drip') {
      sendDrops(response);
    } else if ([`/api/models/${id}`, `/api/models/${id}/revision/main`].includes(path)) {
      response.end(JSON.stringify({ sha: COMMIT, cardData: { license: 'mit' } }));
    } else if (path === `/api/models/${id}/tree/${COMMIT}`) {
      sendTree(request, response);
    } else if (isFile && files.has(name)) {
      sendFile(request, response, files.get(name) as Buffer, trouble);
    } else {
      response.writeHead(404).end('Not found');
    }
  };
  /** Two pages, as a large repository has them. */
  const sendTree = (request: IncomingMessage, response: ServerResponse) => {
    const entries = [...files].map(([path, content]) => treeEntry(path, content, statedBytes.get(path)));
    const isSecond = request.url?.includes('cursor=2');
    const half = Math.ceil(entries.length / 2);
    if (!isSecond) {
      const next = `http://${request.headers.host}${request.url}&cursor=2`;
      response.setHeader('link', `<${next}>; rel="next"`);
    }
    response.end(JSON.stringify(isSecond ? entries.slice(half) : entries.slice(0, half)));
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    tokens,
    files,
    statedBytes,
    mischief,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function tinyModel(): Promise<Map<string, Buffer>> {
  const folder = fileURLToPath(new URL('../fixtures/embed/tiny-bge-m3/', import.meta.url));
  const files = new Map<string, Buffer>();
  for (const entry of (await readdir(folder, { recursive: true })).sort()) {
    const content = await readFile(folder + entry).catch(() => undefined);
    if (content) files.set(entry, content);
  }
  return files;
}

function treeEntry(path: string, content: Buffer, stated: number | undefined) {
  const size = stated ?? content.length;
  if (!path.includes('.onnx')) {
    const oid = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
    return { type: 'file', path, size, oid };
  }
  const oid = createHash('sha256').update(content).digest('hex');
  return { type: 'file', path, size: 134, oid: 'f'.repeat(40), lfs: { oid, size } };
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  trouble: Mischief | undefined,
): void {
  const range =
    trouble?.kind === 'ignore range' ? undefined : /bytes=(\d+)-/.exec(request.headers.range ?? '');
  const start = range ? Number(range[1]) : 0;
  let body = content.subarray(start);
  if (trouble?.kind === 'corrupt') body = Buffer.from(body.map((byte) => byte ^ 1));
  const headers = { 'content-length': body.length };
  if (range) {
    const of = `bytes ${start}-${content.length - 1}/${content.length}`;
    response.writeHead(206, { ...headers, 'content-range': of });
  } else {
    response.writeHead(200, headers);
  }
  if (trouble?.kind === 'cut') {
    response.write(body.subarray(0, trouble.after), () => setTimeout(() => response.destroy(), 20));
  } else if (trouble?.kind === 'stall') {
    response.write(body.subarray(0, trouble.after)); // and never a byte more
  } else {
    response.end(body);
  }
}

/** Spaces without end, as fast as they are taken; JSON may begin with any number of them. */
export function sendEndless(response: ServerResponse): void {
  const chunk = Buffer.alloc(1 << 20, ' ');
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more).on('error', () => {});
  more();
}

/** A byte every 50 ms: never silent, never done. */
export function sendDrops(response: ServerResponse): void {
  const timer = setInterval(() => response.write(' '), 50);
  response.on('close', () => clearInterval(timer)).on('error', () => {});
}
