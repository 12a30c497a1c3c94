import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import type { Address } from './address.js';
import { isDeadline, isNotLoaded, isUnimplemented, MilvusError, worthRetrying } from './failure.js';
import { writeRequest } from './message.js';
import { MilvusClient } from './sdk.js';

/** Deadline and retries of requests. */
export interface Patience {
  /** Milliseconds for one request. */
  timeout: number;
  /** How often a request is repeated after a transient failure. Waits 0.25 s, then twice as long each time, 3 s at most. */
  retries: number;
  signal?: AbortSignal;
  /** Whether the server is known to have ended, so that no repetition can succeed. */
  isGone?: () => boolean;
  /** Called before each repetition. */
  onRetry?: (error: Error, attempt: number) => void;
}

interface StatusResponse {
  status?: Status;
  error_code?: string;
  code?: number;
  reason?: string;
  retriable?: boolean;
}
interface Status {
  error_code?: string;
  code?: number;
  reason?: string;
  detail?: string;
  retriable?: boolean;
}

/** What a server says about itself. */
export interface Server {
  version: string;
  /** Whether it is Milvus Lite. */
  lite: boolean;
}

interface UnaryCall {
  cancel(): void;
}
/** What gRPC knows about a method of the service. */
interface Method {
  path: string;
  requestSerialize: (request: object) => Buffer;
  responseDeserialize: (bytes: Buffer) => unknown;
}
/** A gRPC client; its class lists the methods of the service, which it reads from the service's description. */
interface Channel {
  constructor: { service: Record<string, Method> };
  getChannel(): { getConnectivityState(tryToConnect: boolean): number };
  makeUnaryRequest(
    path: string,
    serialize: (request: object) => Buffer,
    deserialize: (bytes: Buffer) => unknown,
    request: object,
    options: { deadline: Date },
    callback: (error: (Error & { code?: number; details?: string }) | null, response: unknown) => void,
  ): UnaryCall;
}

/** gRPC's number of the state of a closed channel. */
const SHUT_DOWN = 4;

/** One gRPC connection to one Milvus, with deadlines, repetitions and cancelling. */
export class Connection {
  private readonly client: MilvusClient;
  /** Whether rows were read: the collection was loaded, and will be again when the server comes back. */
  private served = false;
  /** Every channel that was opened. */
  private readonly channels = new Set<Channel>();

  constructor(
    readonly address: Address,
    url: string,
    private readonly patience: Patience,
  ) {
    const { ca, cert, key } = address;
    this.client = new MilvusClient({
      address: url,
      token: address.token,
      database: address.database,
      ssl: url.startsWith('https://'),
      tls: ca || cert ? { rootCert: ca, certChain: cert, privateKey: key } : undefined,
      timeout: patience.timeout,
      telemetry: { enabled: false },
      logLevel: 'error',
      maxRetries: 0,
      // Channels only when the first call needs one: their interceptors are settled below.
      pool: { min: 0, max: 4 },
      channelOptions: {
        // A server that comes back is found within seconds; gRPC's own back-off grows to two minutes.
        'grpc.initial_reconnect_backoff_ms': 200,
        'grpc.max_reconnect_backoff_ms': 2000,
        // Milvus Lite's server ends a connection that is pinged often while it computes.
        'grpc.keepalive_time_ms': address.kind === 'lite' ? 2 ** 31 - 1 : 30_000,
        'grpc.keepalive_timeout_ms': 20_000,
        'grpc.keepalive_permit_without_calls': 0,
      },
      // The first call is `connect` below, whose failure can be caught.
      __SKIP_CONNECT__: true,
    });
    // The SDK's last interceptor repeats requests and writes every message as JSON for a debug log, vectors and
    // all. Repeating is done here, and the log cost more than the request.
    const { channelOptions } = this.client;
    channelOptions.interceptors = (channelOptions.interceptors ?? []).slice(0, -1);
    const { channelPool } = this.client;
    const acquire = channelPool.acquire.bind(channelPool);
    channelPool.acquire = async () => {
      const channel = await acquire();
      this.channels.add(channel as unknown as Channel);
      return channel;
    };
  }

  /** Connects. Returns the server's version and whether it is Milvus Lite. */
  async connect(): Promise<Server> {
    const client_info = {
      sdk_type: 'nodejs',
      sdk_version: MilvusClient.sdkInfo.version,
      user: '',
      reserved: {},
    };
    // Few retries, so that a wrong address is reported within seconds.
    const patience = {
      retries: Math.min(this.patience.retries, 2),
      timeout: Math.min(this.patience.timeout, 10_000),
    };
    const hello = await this.call<{ server_info?: { build_tags?: string; deploy_mode?: string } }>(
      'Connect',
      { client_info },
      patience,
    ).catch((error: unknown) => {
      if (isUnimplemented(error)) return {};
      throw error;
    });
    // Milvus Lite 2 knows no such request; everything else works.
    const { version } = await this.call<{ version: string }>('GetVersion', {}, patience).catch(
      (error: unknown) => {
        if (isUnimplemented(error)) return { version: 'milvus_lite-2' };
        throw error;
      },
    );
    const tags = 'server_info' in hello ? hello.server_info?.build_tags : '';
    // Milvus 2.3 from PyPI calls itself v2.3.5-lite, but is a whole server.
    return {
      version: version.replace(/^milvus_lite-/, ''),
      lite: tags === 'milvus_lite' || /^milvus_lite-/.test(version),
    };
  }

  /** Sends one request to Milvus' gRPC service. Returns its response if the status in it is success. */
  async call<T>(method: string, request: object, patience: Partial<Patience> = {}): Promise<T> {
    const { retries, timeout, signal, onRetry } = { ...this.patience, ...patience };
    signal?.throwIfAborted();
    const response = await this.persist(
      () => this.once<T>(method, request, timeout, signal),
      retries,
      signal,
      onRetry,
    );
    if (method === 'Query' || method === 'Search') this.served = true;
    return response;
  }

  private persist<T>(
    run: () => Promise<T>,
    retries: number,
    signal: AbortSignal | undefined,
    onRetry: Patience['onRetry'],
  ): Promise<T> {
    // A missed deadline costs `timeout` milliseconds each time: give up after the third.
    const again = (error: Error, attempt: number) =>
      worthRetrying(error) &&
      !this.patience.isGone?.() &&
      (this.served || !isNotLoaded(error)) &&
      !(isDeadline(error) && attempt > 2);
    return pRetry(run, {
      retries,
      minTimeout: 250,
      maxTimeout: 3000,
      factor: 2,
      signal,
      shouldRetry: ({ error, attemptNumber }) => again(error, attemptNumber),
      onFailedAttempt: ({ error, attemptNumber, retriesLeft }) => {
        if (retriesLeft > 0 && again(error, attemptNumber)) onRetry?.(error, attemptNumber);
      },
    });
  }

  private async once<T>(method: string, request: object, timeout: number, signal?: AbortSignal): Promise<T> {
    const channel = await this.client.channelPool.acquire();
    try {
      const response = await new Promise<unknown>((resolve, reject) => {
        const grpc = channel as unknown as Channel;
        const { path, requestSerialize, responseDeserialize } = grpc.constructor.service[method];
        const call = grpc.makeUnaryRequest(
          path,
          (message) => writeRequest(requestSerialize, message),
          responseDeserialize,
          request,
          { deadline: new Date(Date.now() + timeout) },
          (error, result) => {
            signal?.removeEventListener('abort', cancel);
            if (signal?.aborted) reject(signal.reason);
            else if (error)
              reject(new MilvusError(error.details || error.message, method, error.code ?? 2, 0, false));
            else resolve(result);
          },
        );
        const cancel = () => call.cancel();
        signal?.addEventListener('abort', cancel, { once: true });
      });
      return succeeded<T>(method, response as StatusResponse);
    } finally {
      await this.client.channelPool.release(channel);
    }
  }

  /** Calls a method of the SDK, for requests that are laborious to build; same retries and errors as `call`. */
  async through<T>(method: string, run: (client: MilvusClient) => Promise<T>): Promise<T> {
    const { retries, signal, onRetry } = this.patience;
    const once = async () => {
      try {
        return succeeded<T>(method, (await run(this.client)) as StatusResponse);
      } catch (error) {
        throw asMilvusError(method, error);
      }
    };
    return this.persist(once, retries, signal, onRetry);
  }

  async wait(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.patience.signal }).catch((error) => {
      throw this.patience.signal?.aborted ? this.patience.signal.reason : error;
    });
  }

  /**
   * Closes all channels for good. The SDK closes each and then asks for its state in a way that opens it again, to try until the process
   * ends, also where the server has gone; a later server on the same port then shares its failures.
   */
  async close(): Promise<void> {
    for (const channel of this.channels) channel.getChannel().getConnectivityState = () => SHUT_DOWN;
    this.channels.clear();
    await this.client.closeConnection();
  }
}

function succeeded<T>(method: string, response: StatusResponse): T {
  const status = response.status ?? response;
  const code = status.code ?? 0;
  const legacy = status.error_code ?? 'Success';
  if (code === 0 && (legacy === 'Success' || legacy === 'SUCCESS')) return response as T;
  throw new MilvusError(status.reason || legacy, method, 0, code || -1, status.retriable ?? false);
}

/** The SDK throws gRPC errors, Milvus statuses or whole responses. */
function asMilvusError(method: string, error: unknown): Error {
  if (error instanceof MilvusError) return error;
  if (error instanceof Error) {
    const { code, details } = error as Error & { code?: unknown; details?: unknown };
    if (typeof code === 'number')
      return new MilvusError(String(details || error.message), method, code, 0, false);
    return error;
  }
  try {
    return succeeded(method, error as StatusResponse);
  } catch (failure) {
    return failure as Error;
  }
}
