import { FailureError, UserError } from '../errors.js';
import { withoutSecrets } from '../secrets.js';
import type { Address } from './address.js';

/** A request to Milvus failed. Internal: `explain` turns it into a UserError or FailureError. */
export class MilvusError extends Error {
  override readonly name = 'MilvusError';
  constructor(
    message: string,
    /** Of the call, such as `Upsert`. */
    readonly method: string,
    /** gRPC status code, 0 when Milvus itself returned the error. */
    readonly grpc: number,
    /** Milvus' error code, 0 for errors of the transport. */
    readonly code: number,
    readonly retriable: boolean,
  ) {
    super(message);
  }
}

/** gRPC status codes that mean "not now". */
const GRPC = {
  CANCELLED: 1,
  DEADLINE: 4,
  PERMISSION: 7,
  EXHAUSTED: 8,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

/** Milvus' codes, as of 2.3 to 3.0 (pkg/util/merr). */
const CODE = {
  notReady: 1,
  unavailable: 2,
  memoryLimit: 3,
  tooManyRequests: 4,
  rateLimit: 8,
  quota: 9,
  collectionNotFound: 100,
  collectionNotLoaded: 101,
  notFullyLoaded: 103,
  indexNotFound: 700,
  databaseNotFound: 800,
  invalidParameter: 1100,
  unauthenticated: 1400,
  privilege: 1401,
} as const;

const AUTH =
  /auth check failure|unauthenticated|check your (username|token)|invalid token|missing authorization/i;
const PRIVILEGE = /permission deny|permission denied|privilegenotpermitted|privilege not permitted/i;
const DISK = /no space left|disk quota|disk.{0,20}exhausted|errno 28|quota.{0,30}disk|not enough disk/i;
const MEMORY = /memory quota|insufficient memory|memory.{0,30}exhausted|out of memory|oom/i;
const NOT_LOADED = /not loaded|not fully loaded|not been loaded/i;
const NO_INDEX =
  /index not found|index doesn'?t exist|no index|without index|not exist.*index|index not exist/i;
const EXPRESSION =
  /cannot parse expression|invalid expr|failed to create query plan|expr type check failed|filter/i;
/** Requests that carry an expression. */
const FILTERED: readonly string[] = ['Query', 'Search', 'Delete'];
/** Milvus Lite's parser says where in the expression it stopped. */
const LITE_PARSER = /^[^\n]* at column \d+/;
const DIMENSION = /dimension|dim mismatch|float data should divide|the length.*vector/i;
const WAKING =
  /not ready|is not healthy|service unavailable|channel.{0,20}(not (available|found)|unavailable)|node.{0,30}(offline|not found|not match)|no available|connection (refused|reset)|transport|collection not loaded|not fully loaded|shard.{0,20}(leader|delegator)|context (canceled|deadline)|time ?tick|rate limit|is initializing|StateCode|loss raw data/i;

/** Is the same request worth sending again? Every request that denscape sends can be repeated. */
export function worthRetrying(error: unknown): boolean {
  if (!(error instanceof MilvusError)) return false;
  if (error.grpc === GRPC.UNAVAILABLE) return !isTls(error);
  if (error.grpc === GRPC.DEADLINE || error.grpc === GRPC.ABORTED) return true;
  if (error.grpc === GRPC.CANCELLED || error.grpc === GRPC.INTERNAL)
    return WAKING.test(error.message) || error.grpc === GRPC.INTERNAL;
  if (error.grpc === GRPC.EXHAUSTED) return !/larger than max|message/i.test(error.message);
  if (error.grpc !== 0) return false;
  if (AUTH.test(error.message) || PRIVILEGE.test(error.message) || DISK.test(error.message)) return false;
  return error.retriable || error.code === CODE.rateLimit || WAKING.test(error.message);
}

/** gRPC reports a certificate problem as "unavailable" too, but retrying does not help. */
function isTls(error: MilvusError): boolean {
  return /certificate|self.signed|wrong version number|SSL|TLS|ERR_TLS|altname|EPROTO/i.test(error.message);
}

export const isNotLoaded = (error: unknown): boolean =>
  error instanceof MilvusError && (error.code === CODE.collectionNotLoaded || NOT_LOADED.test(error.message));
export const isNoIndex = (error: unknown): boolean =>
  error instanceof MilvusError && (error.code === CODE.indexNotFound || NO_INDEX.test(error.message));
export const isNoCollection = (error: unknown): boolean =>
  error instanceof MilvusError &&
  (error.code === CODE.collectionNotFound ||
    /can'?t find collection|collection.{0,80}(not found|does not exist)/i.test(error.message));
export const isDeadline = (error: unknown): boolean =>
  error instanceof MilvusError && error.grpc === GRPC.DEADLINE;
export const isForbidden = (error: unknown): boolean =>
  error instanceof MilvusError &&
  (error.grpc === GRPC.PERMISSION || error.code === CODE.privilege || PRIVILEGE.test(error.message));
export const isUnimplemented = (error: unknown): boolean =>
  error instanceof MilvusError && error.grpc === GRPC.UNIMPLEMENTED;
/** The request or its response is too large for the server; a smaller request may succeed. */
export const isTooMuch = (error: unknown): boolean =>
  error instanceof MilvusError &&
  (error.grpc === GRPC.EXHAUSTED ||
    error.grpc === GRPC.DEADLINE ||
    MEMORY.test(error.message) ||
    /larger than max|too large/i.test(error.message));

/** The server does not understand an expression. */
export const isBadExpression = (error: unknown): boolean =>
  error instanceof MilvusError &&
  error.grpc === 0 &&
  (EXPRESSION.test(error.message) || (FILTERED.includes(error.method) && LITE_PARSER.test(error.message)));

/** Why a request is repeated, to be read after the server's name. */
export function whyAgain(error: unknown): string {
  if (!(error instanceof MilvusError)) return "doesn't answer";
  const { message, code, grpc } = error;
  if (
    code === CODE.rateLimit ||
    code === CODE.tooManyRequests ||
    /rate limit|too many requests/i.test(message)
  )
    return 'limits the rate of requests';
  if (isNotLoaded(error)) return 'is still loading the collection';
  if (grpc === GRPC.DEADLINE) return `did not complete ${error.method} in time`;
  return grpc === 0 ? `can't do ${error.method} yet (${firstLine(message)})` : "doesn't answer";
}

/** What error messages state about the store. */
export interface Scene {
  address: Address;
  collection: string;
  vectorField?: string;
  /** No request has succeeded yet: a server that can't be reached is then reported as a wrong address, a UserError. */
  isFirst?: boolean;
}

/** Turns a MilvusError into one of a single line: what happened, where, what to do. Other errors pass unchanged. */
export function explain(error: unknown, scene: Scene): unknown {
  if (!(error instanceof MilvusError)) return error;
  const { address, collection } = scene;
  const where = `Milvus at ${address.name}`;
  const reason = firstLine(withoutSecrets(error.message, address.token));
  const text = error.message;
  if (error.grpc === GRPC.UNAVAILABLE && address.kind === 'lite' && !scene.isFirst) {
    return new FailureError(
      `Milvus Lite ended while it had ${address.name} open (${reason}); run the command again, rows that were written are kept`,
      { code: 'STORE_FAILED', cause: error },
    );
  }
  if (error.grpc === GRPC.UNAVAILABLE) {
    if (isTls(error)) {
      return new UserError(
        `${where}: the TLS connection was refused (${reason}); check http:// against https://, and give the certificate authority with ca, the client certificate with cert and key`,
        { code: 'STORE_FAILED', option: 'store.uri', cause: error },
      );
    }
    const Kind = scene.isFirst ? UserError : FailureError;
    // A TLS server closes a connection that starts without TLS.
    const hungUp = address.url?.startsWith('http://') && !/ECONNREFUSED|name resolution/i.test(text);
    const tls = hungUp ? ', https:// if the server uses TLS' : '';
    return new Kind(
      `${where} does not answer (${reason}); check that it runs and that the address is right${tls}`,
      { code: 'STORE_FAILED', option: 'store.uri', cause: error },
    );
  }
  if (error.grpc === GRPC.UNAUTHENTICATED || error.code === CODE.unauthenticated || AUTH.test(text)) {
    return new UserError(
      `${where} refused the token; give user:password or an API key with token (--token) or in MILVUS_TOKEN`,
      { code: 'ACCESS_DENIED', option: 'store.token', cause: error },
    );
  }
  if (isForbidden(error)) {
    return new UserError(
      `${where}: this user may not do that (${error.method} on ${collection}); ask its administrator for the privilege, or use another token`,
      { code: 'ACCESS_DENIED', option: 'store.token', cause: error },
    );
  }
  if (
    error.code === CODE.databaseNotFound ||
    /database.{0,60}(not found|not exist|does not exist)/i.test(text)
  ) {
    return new UserError(
      `${where} has no database ${address.database ?? 'default'}; create it there, or name another one with database (--database)`,
      { code: 'STORE_MISSING', option: 'store.database', cause: error },
    );
  }
  if (DISK.test(text)) {
    return new FailureError(
      `${where}: its disk is full (${reason}); free or add space there, then run the same command again: stored rows are kept`,
      { code: 'STORE_FAILED', cause: error },
    );
  }
  if (error.grpc === GRPC.DEADLINE) {
    return new FailureError(
      `${where} did not answer ${error.method} in time; it is overloaded or gone, run the command again`,
      { code: 'STORE_FAILED', cause: error },
    );
  }
  if (isNoCollection(error)) {
    return new UserError(
      `${where} has no collection ${collection}; check the name given with collection (--collection)`,
      { code: 'STORE_MISSING', option: 'store.collection', cause: error },
    );
  }
  if (isNoIndex(error)) {
    return new UserError(
      `collection ${collection} has no index on ${scene.vectorField ?? 'its vector field'}, so ${where} can't load it; create one there (FLAT is exact), denscape doesn't alter collections it hasn't made`,
      { code: 'STORE_MISSING', option: 'store.collection', cause: error },
    );
  }
  if (isNotLoaded(error)) {
    return new FailureError(
      `collection ${collection} is not loaded (${reason}); load it in ${where}, then run the command again`,
      { code: 'STORE_FAILED', cause: error },
    );
  }
  if (MEMORY.test(text) || error.code === CODE.memoryLimit) {
    return new FailureError(
      `${where} has no memory for ${error.method} (${reason}); give it more, or release other collections`,
      { code: 'STORE_FAILED', cause: error },
    );
  }
  if (DIMENSION.test(text)) {
    return new UserError(
      `collection ${collection} holds vectors of another dimension (${reason}); use the model that filled it, or another collection`,
      { code: 'STORE_MISMATCH', option: 'store.collection', cause: error },
    );
  }
  if (isBadExpression(error)) {
    return new UserError(`the filter is not a Milvus expression that ${collection} understands: ${reason}`, {
      code: 'OPTION_INVALID',
      option: 'store.filter',
      cause: error,
    });
  }
  if (
    error.code === CODE.invalidParameter ||
    /invalid (collection )?name|invalid parameter|illegal argument/i.test(text)
  ) {
    return new UserError(`${where} refused ${error.method} of ${collection}: ${reason}`, {
      code: 'OPTION_INVALID',
      cause: error,
    });
  }
  return new FailureError(`${where}: ${error.method} failed: ${reason}`, {
    code: 'STORE_FAILED',
    cause: error,
  });
}

/** The first line of a server's message, without stack trace and gRPC prefixes, at most 240 characters. */
function firstLine(message: string): string {
  const line = (message.split('\n')[0] ?? '')
    .replace(/^No connection established\. Last error: /, '')
    .replace(/\.? Resolution note:.*$/, '')
    .replace(/^(\w*Error: )+/, '')
    .replace(/^[0-9A-F]+:error:[0-9A-F]+:[^:]*:[^:]*:([^:]*):.*$/, '$1')
    .trim();
  return line.length > 240 ? `${line.slice(0, 239)}…` : line;
}
