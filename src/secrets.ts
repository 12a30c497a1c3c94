/** Variables of the environment whose value is a key or a token. */
export const SECRET_VARIABLES = [
  'HF_TOKEN',
  'HUGGING_FACE_HUB_TOKEN',
  'MILVUS_TOKEN',
  'OPENAI_API_KEY',
  'DENSCAPE_API_KEY',
] as const;

/** Variables of the environment whose value is an address, which may hold a password. */
const ADDRESS_VARIABLES = [
  'HF_ENDPOINT',
  'OPENAI_BASE_URL',
  'DENSCAPE_BASE_URL',
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'ALL_PROXY',
  'all_proxy',
];

/** Replacement of a secret. */
const MASK = '***';

/** Shorter secrets are not looked for: they would be found in most words of a message. */
const SHORTEST = 4;
/** Below this length a secret is taken out only where it stands as a word of its own: `text` isn't cut out of `texts`. */
const ANYWHERE_FROM = 8;
/** A longer secret is also found by its first eight characters: a message may have been cut in the middle of it. */
const CUT_FROM = 12;

/** Milvus' password as it is installed: no secret, and a word of nearly every message about it. */
const PUBLIC = /^milvus$/i;

const kept = new Set<string>();
const formsOf = new Map<string, string[]>();

/** Registers a key, a token or a `user:password`, to be removed from every text from now on. */
export function keepSecret(secret: string | undefined): void {
  if (secret) kept.add(secret);
}

/** Registers user name and password of an address, even if it is no valid URL or has no scheme. */
export function keepAddress(address: string | undefined): void {
  const user =
    /^(?:[^@]*?\/\/)(.+)@/s.exec(address ?? '')?.[1] ?? /^([^/\\@:\s]+:[^\s]+)@/.exec(address ?? '')?.[1];
  if (user === undefined) return;
  keepSecret(user);
  keepSecret(attempt(decodeURIComponent, user));
}

/**
 * Takes every known secret, in every form in which it travels, and every password in a URL out of a text. Any text
 * that leaves (errors, stacks, progress, doctor) goes through here.
 *
 * @param secret one more, where the caller holds it
 */
export function withoutSecrets(text: string, secret?: string): string {
  for (const name of ADDRESS_VARIABLES) keepAddress(process.env[name]);
  const secrets = new Set(kept);
  for (const name of SECRET_VARIABLES) if (process.env[name]) secrets.add(process.env[name]);
  if (secret) secrets.add(secret);
  let clean = withoutUserInfo(text);
  // Longest first, since a short form may be part of a long one and would leave the rest of it.
  const forms = [...secrets].flatMap((one) => [...allForms(one)]).sort((a, b) => b.length - a.length);
  for (const form of forms) clean = cutOut(clean, form);
  return clean;
}

/** An error whose message, stack and causes hold no secret. The same object, so that its class is kept. */
export function cleanError(error: unknown): unknown {
  const seen = new Set<unknown>();
  for (let at = error; at instanceof Error && !seen.has(at); at = at.cause) {
    seen.add(at);
    const { message, stack } = at;
    rewrite(at, 'message', withoutSecrets(message));
    if (stack !== undefined) rewrite(at, 'stack', withoutSecrets(stack));
  }
  return error;
}

/** Sets a property of an error. A DOMException's message can't be set; it is the platform's and holds no secret. */
function rewrite(error: Error, name: 'message' | 'stack', value: string): void {
  if (error[name] === value) return;
  Object.defineProperty(error, name, { value, configurable: true, writable: true, enumerable: false });
}

/** `scheme://user:password@host`, keys in a query, and what follows `Authorization:`, known or not. */
function withoutUserInfo(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#'"<>]*@/gi, `$1${MASK}@`)
    .replace(
      /([?&](?:api[-_]?key|key|token|access[-_]?token|auth|secret|password|sig|signature)=)[^&\s#'"<>)]+/gi,
      `$1${MASK}`,
    )
    .replace(/(authorization\\?["']?\s*[:=]\s*\\?["']?(?:bearer|basic)\s+)[^\s"'\\,}]+/gi, `$1${MASK}`);
}

/** As given, as a header, a URL, JSON and HTML write it, in base64, line by line; the password of a pair by itself. */
function allForms(secret: string): string[] {
  const known = formsOf.get(secret);
  if (known) return known;
  const trimmed = secret.trim();
  const plain = new Set([secret, trimmed, trimmed.replace(/\s+/g, ' '), trimmed.replace(/\s+/g, '')]);
  // A key with a line break: each line may be what a header error shows.
  for (const line of trimmed.split(/[\r\n]+/)) plain.add(line.trim());
  const colon = trimmed.indexOf(':');
  if (colon >= 0) plain.add(trimmed.slice(colon + 1));
  const forms = new Set<string>();
  for (const one of plain) {
    forms.add(one);
    const percent = attempt(encodeURIComponent, one);
    forms.add(percent);
    forms.add(percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
    forms.add(JSON.stringify(one).slice(1, -1));
    forms.add(one.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;'));
    forms.add(Buffer.from(one).toString('base64'));
    forms.add(Buffer.from(one).toString('base64url'));
  }
  const usable = [...forms].filter((form) => form.length >= SHORTEST && !PUBLIC.test(form));
  formsOf.set(secret, usable);
  return usable;
}

function cutOut(text: string, form: string): string {
  const needle = form.length >= CUT_FROM ? form.slice(0, telling(form)) : form;
  let from = 0;
  let out = '';
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, from)) {
    let end = at + needle.length;
    while (end - at < form.length && text[end] === form[end - at]) end++;
    // A whole one, a short one only as a word of its own; or a part, where it looks like the end of a cut.
    const isSecret =
      end - at < form.length
        ? /^(?:$|…|\.\.\.|[)"'*])/.test(text.slice(end, end + 3))
        : form.length >= ANYWHERE_FROM || !(isWordPart(text[at - 1]) || isWordPart(text[end]));
    out += isSecret ? text.slice(from, at) + MASK : text.slice(from, end);
    from = end;
  }
  return out + text.slice(from);
}

const isWordPart = (character = ''): boolean => /[\p{L}\p{N}]/u.test(character);

/** How many characters identify the start of a form: eight, and of a pair at least four of its password. */
function telling(form: string): number {
  const pair = /^[^:%]*(?::|%3a)/i.exec(form);
  return Math.max(8, (pair?.[0].length ?? 0) + (pair ? 4 : 0));
}

/** The encoded text; unchanged if it can't be encoded or decoded. */
function attempt(code: (text: string) => string, text: string): string {
  try {
    return code(text);
  } catch {
    return text;
  }
}
