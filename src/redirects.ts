/** Redirects followed for one request. Hubs need two: to a renamed model, then to the host that keeps its files. */
const MOST_REDIRECTS = 5;

/** A response as far as redirects need it. */
interface Redirectable {
  status: number;
  headers: { get(name: string): string | null };
  body: { cancel(): Promise<void> } | null;
}

/** A redirect that is not followed. */
export class RedirectRefused extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export interface Sending {
  /** Without user and password. */
  url: string;
  headers: Record<string, string>;
}

/**
 * Sends a request and follows its redirects one by one, so that each can be refused. `send` makes one request with
 * `redirect: 'manual'`.
 *
 * A request without a body may go to another host, but its credentials don't. One with a body carries the user's
 * texts: it is repeated at the same origin only.
 * @throws RedirectRefused with the hosts named.
 */
export async function followRedirects<R extends Redirectable>(
  address: string,
  headers: Record<string, string>,
  hasBody: boolean,
  send: (sending: Sending) => Promise<R>,
): Promise<R> {
  let current = withoutCredentials(address, headers);
  for (let redirects = 0; ; redirects++) {
    const response = await send(current);
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel().catch(() => {});
    const from = new URL(current.url);
    const refuse = (why: string) =>
      new RedirectRefused(`${from.host} returned ${response.status}: ${why}`, response.status);
    if (!URL.canParse(location, from)) throw refuse('it redirects to what is not an address');
    const to = new URL(location, from);
    if (to.protocol !== 'https:' && to.protocol !== 'http:') {
      throw refuse(`it redirects to an address that begins with ${to.protocol}, which is not followed`);
    }
    if (from.protocol === 'https:' && to.protocol === 'http:') {
      throw refuse(`it redirects to ${to.host} without encryption, which is not followed`);
    }
    if (redirects === MOST_REDIRECTS) {
      throw refuse(`it redirects on and on, last to ${to.host}; ${MOST_REDIRECTS} redirects were followed`);
    }
    const isSameOrigin = to.origin === from.origin;
    if (hasBody && !isSameOrigin) {
      throw refuse(
        `it redirects to ${to.origin}, where your texts are not sent; give that address yourself if it is right`,
      );
    }
    if (hasBody && response.status !== 307 && response.status !== 308) {
      throw refuse(`it redirects to ${to.pathname} with GET, which drops the request; give that address`);
    }
    // Credentials in the new address come from the server, not from the user.
    to.username = '';
    to.password = '';
    const kept = Object.entries(current.headers).filter(
      ([name]) => isSameOrigin || !SECRET_HEADERS.includes(name.toLowerCase()),
    );
    current = { url: to.href, headers: Object.fromEntries(kept) };
  }
}

const SECRET_HEADERS = ['authorization', 'cookie', 'proxy-authorization'];

/** `https://user:password@host/` as an address that fetch takes and the header that it means. */
function withoutCredentials(address: string, headers: Record<string, string>): Sending {
  const url = new URL(address);
  if (url.username === '' && url.password === '') return { url: address, headers };
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  const hasOwn = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  if (hasOwn) return { url: url.href, headers };
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  return { url: url.href, headers: { ...headers, authorization } };
}
