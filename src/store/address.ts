import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../errors.js';
import { keepAddress, keepSecret } from '../secrets.js';
import type { StoreOptions } from './options.js';

/** Where Milvus is and how to connect to it. The token is sent to the server and never printed. */
export interface Address {
  kind: 'lite' | 'server' | 'cloud';
  /** What messages call it: the path or the URL, without user information. */
  name: string;
  /** Folder of Milvus Lite 3, or file of Milvus Lite 2. */
  path?: string;
  /** `http://host:port` of a server. */
  url?: string;
  token?: string;
  database?: string;
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
}

const CLOUD = /(^|\.)(zillizcloud\.com(\.cn)?|zilliz\.com(\.cn)?|zilliz\.cc)$/i;

/**
 * Reads `./news.db`, `http(s)://[user:password@]host[:port][/database]` and the connection options.
 * @throws UserError for an address that is not valid
 */
export function readAddress(options: StoreOptions, environment: NodeJS.ProcessEnv = process.env): Address {
  const uri = options.uri.trim();
  const token = options.token || environment.MILVUS_TOKEN || undefined;
  keepSecret(token);
  keepAddress(uri);
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(uri)) return localFolder(uri, options);
  let url: URL;
  try {
    url = new URL(uri);
  } catch {
    // The text itself may hold a password, so it isn't repeated.
    throw new UserError(
      'store.uri is not a URL; expected http://host:port, https://host or a path such as ./news.db',
      { code: 'OPTION_INVALID', option: 'store.uri' },
    );
  }
  const scheme = url.protocol.slice(0, -1);
  if (!['http', 'https', 'tcp', 'grpc', 'grpcs'].includes(scheme)) {
    throw new UserError(
      `store.uri starts with ${scheme}://; expected http://host:port, https://host or a path such as ./news.db`,
      { code: 'OPTION_INVALID', option: 'store.uri' },
    );
  }
  const secure = scheme === 'https' || scheme === 'grpcs' || Boolean(options.ca || options.cert);
  const port = url.port || writtenPort(uri) || (secure ? '443' : '19530');
  const protocol = secure ? 'https' : 'http';
  const inUrl = url.username ? [url.username, url.password].map(decodeURIComponent).join(':') : undefined;
  const path = decodeURIComponent(url.pathname.replace(/^\/+|\/+$/g, ''));
  if (Boolean(options.cert) !== Boolean(options.key)) {
    throw new UserError(
      'a client certificate needs both files: cert (the certificate) and key (its private key)',
      { code: 'OPTION_MISSING', option: 'store.cert' },
    );
  }
  return {
    kind: CLOUD.test(url.hostname) ? 'cloud' : 'server',
    name: `${protocol}://${url.hostname}:${port}`,
    url: `${protocol}://${url.hostname}:${port}`,
    token: token ?? inUrl,
    database: options.database ?? (path || undefined),
    ca: pem('ca', options.ca),
    cert: pem('cert', options.cert),
    key: pem('key', options.key),
  };
}

/** The port as it is written: a URL leaves out the one that is usual for its scheme, such as 80 for http. */
function writtenPort(uri: string): string | undefined {
  const [, host = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri) ?? [];
  const [, port] = /:0*(\d+)$/.exec(host.slice(host.lastIndexOf('@') + 1)) ?? [];
  return port;
}

function localFolder(uri: string, options: StoreOptions): Address {
  if (options.ca || options.cert || options.key) {
    throw new UserError(
      `${uri} is a local path, which has no TLS; leave out ca, cert and key, or give an https:// address`,
      { code: 'OPTION_INVALID', option: 'store.uri' },
    );
  }
  // `localhost:19530` is meant as an address far more often than as a file.
  if (/^[\w.-]+:\d+$/.test(uri) || /^(?:localhost|\d+(?:\.\d+){3})$/i.test(uri))
    throw new UserError(`${uri} has no scheme; write http://${uri} or https://${uri}`, {
      code: 'OPTION_INVALID',
      option: 'store.uri',
    });
  const path = resolve(uri.replace(/^file:/, ''));
  if (existsSync(path) && statSync(path).isFile() && !isSqlite(path)) {
    throw new UserError(
      `${uri} is a file, but not one of Milvus Lite 2; Milvus Lite 3 keeps a folder. To cluster a file of texts, give it without --milvus`,
      { code: 'OPTION_INVALID', option: 'store.uri' },
    );
  }
  return { kind: 'lite', name: uri, path, database: options.database };
}

/** Whether a file is a database of SQLite, in which Milvus Lite 2 keeps its collections. */
function isSqlite(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(16);
    readSync(file, head, 0, 16, 0);
    return head.toString('latin1').startsWith('SQLite format 3');
  } finally {
    closeSync(file);
  }
}

function pem(option: string, file: string | undefined): Buffer | undefined {
  if (!file) return undefined;
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new UserError(`${option} ${file} can't be read (${code}); expected a PEM file`, {
      code: 'OPTION_INVALID',
      option: `store.${option}`,
      file,
      cause: error,
    });
  }
  if (!bytes.includes('-----BEGIN '))
    throw new UserError(`${option} ${file} is not a PEM file: no "-----BEGIN" in it`, {
      code: 'OPTION_INVALID',
      option: `store.${option}`,
      file,
    });
  return bytes;
}
