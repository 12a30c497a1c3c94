import { UserError } from './errors.js';
import { keepAddress, keepSecret } from './secrets.js';

/** OpenAI's own address, where `openai:` models are served unless an address is given. */
export const OPENAI_ADDRESS = 'https://api.openai.com/v1';

/** Keys of the environment, each with the address that it was made for: that of its own variable, or its vendor's. */
const PAIRS = [
  { key: 'DENSCAPE_API_KEY', address: 'DENSCAPE_BASE_URL', own: undefined },
  { key: 'OPENAI_API_KEY', address: 'OPENAI_BASE_URL', own: OPENAI_ADDRESS },
] as const;

/** The address of the endpoint: as given, else `DENSCAPE_BASE_URL`, else `OPENAI_BASE_URL`, else OpenAI's. */
export function endpointAddress(given: string | undefined, environment = process.env): string {
  const named = given || environment.DENSCAPE_BASE_URL || environment.OPENAI_BASE_URL || OPENAI_ADDRESS;
  keepAddress(named);
  return named.replace(/\/+$/, '');
}

/**
 * The key to send to an address: as given, else a key of the environment that was made for this address. An address
 * may come from another person's config file, so `OPENAI_API_KEY` is sent only to OpenAI or `OPENAI_BASE_URL`.
 */
export function endpointKey(
  address: string,
  given: string | undefined,
  environment = process.env,
): string | undefined {
  const key = given ?? PAIRS.map((pair) => keyOf(pair, address, environment)).find(Boolean);
  keepSecret(key);
  if (key !== undefined && /[^\t\x20-\x7e\x80-\xff]/.test(key)) {
    throw new UserError(
      'the API key holds a line break or another character that no key has; give it without, for example as --api-key @FILE',
      { code: 'ACCESS_DENIED' },
    );
  }
  return key || undefined;
}

/** Advice for an address that refuses access: which key was sent, and how to give another. */
export function keyAdvice(address: string, given: string | undefined, environment = process.env): string {
  if (given) return 'check the API key';
  const sent = PAIRS.find((pair) => keyOf(pair, address, environment));
  if (sent) return `check ${sent.key}`;
  const held = PAIRS.find(({ key }) => environment[key]);
  const why = held
    ? `${held.key} goes to ${hostOf(environment[held.address] || held.own)} only`
    : 'no API key is set';
  return `${why}; give one for this address with --api-key @FILE (apiKey), or DENSCAPE_API_KEY with DENSCAPE_BASE_URL`;
}

function keyOf(
  { key, address, own }: (typeof PAIRS)[number],
  wanted: string,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  const made = originOf(environment[address] || own);
  return made !== undefined && made === originOf(wanted) ? environment[key] : undefined;
}

/** Scheme, host and port: a key for https is not sent over http. */
function originOf(address: string | undefined): string | undefined {
  return address !== undefined && URL.canParse(address) ? new URL(address).origin : undefined;
}

function hostOf(address: string | undefined): string {
  return address !== undefined && URL.canParse(address) ? new URL(address).host : 'DENSCAPE_BASE_URL';
}
