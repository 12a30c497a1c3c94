import * as v from 'valibot';
import { FailureError } from './errors.js';
import { withoutSecrets } from './secrets.js';

/*
 * Checks of outside data: responses of servers, files of other programs. Every error names its source.
 */

/** The part of a response that is read here; undici's and fetch's both fit. */
interface Body {
  body: AsyncIterable<unknown> | null;
}

/**
 * The body of a response as text, at most `bytes` of it and within `milliseconds`.
 * @throws FailureError that names `source` where it is longer or slower; the connection is closed then.
 */
export async function readText(
  { body }: Body,
  source: string,
  { bytes, milliseconds }: { bytes: number; milliseconds: number },
): Promise<string> {
  if (!body) return '';
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let received = 0;
  const chunks = body[Symbol.asyncIterator]();
  const deadline = performance.now() + milliseconds;
  try {
    for (;;) {
      const next = await before(deadline, chunks.next());
      if (next === 'late') {
        throw new FailureError(
          `${source} has not ended its response after ${Math.ceil(milliseconds / 1000)} s (${received.toLocaleString('en-US')} bytes so far); it was given up`,
          { code: 'SERVER_FAILED' },
        );
      }
      if (next.done) break;
      const chunk = next.value as Uint8Array;
      received += chunk.length;
      if (received > bytes) {
        throw new FailureError(
          `${source} sends more than the ${bytes.toLocaleString('en-US')} bytes that its response may have; it was given up`,
          { code: 'SERVER_FAILED' },
        );
      }
      parts.push(decoder.decode(chunk, { stream: true }));
    }
  } finally {
    // Not awaited: a body that never ends would never resolve this.
    chunks.return?.()?.catch(() => {});
  }
  parts.push(decoder.decode());
  return parts.join('');
}

/** The result of `work`, or 'late' if it is not there at `deadline` (of performance.now()). */
async function before<T>(deadline: number, work: Promise<T>): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, deadline - performance.now()), 'late');
  });
  work.catch(() => {}); // once late, its rejection would be unhandled
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const serverFailure = (message: string): Error => new FailureError(message, { code: 'SERVER_FAILED' });

/**
 * JSON text as the shape that `schema` describes.
 * @throws what `failure` makes of one line (a FailureError where it is not given): what isn't JSON, or the first value of another
 * type, with its path.
 */
export function fromJson<T>(
  text: string,
  schema: v.GenericSchema<unknown, T>,
  source: string,
  failure: (message: string) => Error = serverFailure,
): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Secrets go before the cut, which could leave a part of one.
    const start = withoutSecrets(text.trimStart().slice(0, 4096)).slice(0, 40).replace(/\s+/g, ' ');
    throw failure(
      `${source} is not JSON: ${start === '' ? 'it is empty' : `it begins with ${JSON.stringify(start)}`}`,
    );
  }
  return ofShape(value, schema, source, failure);
}

/** A value as the shape that `schema` describes; fails as `fromJson` does. */
export function ofShape<T>(
  value: unknown,
  schema: v.GenericSchema<unknown, T>,
  source: string,
  failure: (message: string) => Error = serverFailure,
): T {
  const checked = v.safeParse(schema, value, { abortEarly: true });
  if (checked.success) return checked.output;
  const [issue] = checked.issues;
  const place = v.getDotPath(issue);
  if (issue.input === undefined && place) {
    throw failure(`${source} has another shape: ${place.slice(0, 120)} is missing`);
  }
  const expected = `expected ${issue.kind === 'schema' ? issue.expected : issue.message}`;
  throw failure(
    `${source} has another shape: ${place ? `${place.slice(0, 120)}: ` : ''}${expected}, got ${kindOf(issue.input)}`,
  );
}

/** Names a value by its type, and shows it where it is short. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'number') {
    return String(value);
  }
  if (typeof value === 'string') {
    const shown = withoutSecrets(value.slice(0, 4096));
    return JSON.stringify(shown.length > 40 ? `${shown.slice(0, 40)}…` : shown);
  }
  return Array.isArray(value) ? 'a list' : `an ${typeof value}`;
}
