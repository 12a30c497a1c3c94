import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { counted } from '../counted.js';
import { writeWhole } from '../files/replace.js';
import { endpointKey, keyAdvice } from '../keys.js';
import { namingOptions } from '../options/naming.js';
import type { OptionsOf } from '../options/option.js';
import { resolveOptions } from '../options/resolve.js';
import { plainLines } from '../plain.js';
import type { Watch } from '../progress.js';
import { keepAddress, withoutSecrets } from '../secrets.js';
import type { Topic } from '../shapes.js';
import { type Budget, type ChatEndpoint, chat, NamingStop } from './chat.js';
import { cleanMarkup } from './markup.js';

/** Each option is described in docs/options.md. */
export type NamingSettings = Omit<NonNullable<OptionsOf<typeof namingOptions>['nameWith']>, 'cacheFolder'> & {
  /** Folder in which names are cached, so that a later run makes no request and gets the same names. Default: no cache. */
  cacheFolder?: string;
};

const AT_ONCE = 4;
const EXAMPLE_CHARACTERS = 400;
const LONGEST_NAME = 80;
const MOST_WORDS = 12;
// Part of the cache's key: after a change of wording, names are requested again.
const INSTRUCTIONS = `You name groups of texts. Given keywords and example texts of one group, answer with a name of two to six words that fits all examples and tells this group from others. Use the examples' language. Answer with the name alone: no quotes, no explanation.`;

/**
 * Requests names for the largest topics from a language model behind an OpenAI-compatible endpoint. Keywords are not changed. A
 * topic for which no usable name comes back keeps the name made of its keywords, and a warning says how many do and why.
 * @returns the topics with their names
 * @throws UserError for a wrong option or address; the signal's reason on an abort. Failed requests don't reject.
 */
export async function nameTopics(
  topics: Topic[],
  texts: string[],
  settings: NamingSettings & Watch,
): Promise<Topic[]> {
  const { signal, onProgress, cacheFolder, ...given } = settings;
  keepAddress(given.baseUrl);
  const { baseUrl, model, apiKey, largest, timeout, maxCalls, maxTokens } = resolveOptions(namingOptions, {
    nameWith: given,
  });
  const endpoint: ChatEndpoint = {
    url: `${baseUrl}/chat/completions`,
    model,
    apiKey: endpointKey(baseUrl, apiKey),
    keyAdvice: keyAdvice(baseUrl, apiKey),
    timeout,
  };
  const budget: Budget = { calls: maxCalls, tokens: maxTokens };
  const chosen = [...topics].sort((a, b) => b.size - a.size || a.id - b.id).slice(0, largest);
  const names = new Map<number, string>();
  const failures: string[] = [];
  let cached = 0;
  let done = 0;
  let stopped: NamingStop | undefined;

  const requestName = async (topic: Topic) => {
    const prompt = promptFor(topic, texts);
    const file = cacheFolder && join(cacheFolder, 'names', `${keyOf(endpoint, prompt)}.json`);
    const kept = file ? await readCached(file) : undefined;
    if (kept !== undefined) {
      cached++;
      names.set(topic.id, kept);
      return;
    }
    if (stopped) return;
    try {
      const response = await chat(endpoint, INSTRUCTIONS, prompt, budget, signal);
      const name = readName(response);
      if (name === undefined)
        throw new Error(`returned ${JSON.stringify(response.slice(0, 60))}, which is no name`);
      names.set(topic.id, name);
      if (file) await writeWhole(file, [JSON.stringify({ name })]).catch(() => {}); // a full disk costs a call later
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof NamingStop) stopped ??= cause;
      else failures.push(`topic ${topic.id} ${cause instanceof Error ? cause.message : cause}`);
    }
  };
  const limit = pLimit(AT_ONCE);
  await Promise.all(
    chosen.map((topic) =>
      limit(async () => {
        signal?.throwIfAborted();
        await requestName(topic);
        onProgress?.({ stage: 'topics', done: ++done, total: chosen.length, unit: 'names' });
      }),
    ),
  );

  const { named, count, repeated } = withNames(topics, names);
  for (const id of repeated) failures.push(`topic ${id} got another topic's name`);
  const kept = chosen.length - count;
  if (kept > 0) {
    const reason = stopped?.message ?? failures[0];
    const message = `${settings.model} named ${count} of ${counted(chosen.length, 'topic')}; ${kept} keep${kept === 1 ? 's its' : ' their'} keywords: ${reason}`;
    onProgress?.({ stage: 'topics', level: 'warning', message });
  } else if (count > 0) {
    const message = `${settings.model} named ${counted(count, 'topic')}${cached > 0 ? `, ${cached} of them in an earlier run` : ''}`;
    onProgress?.({ stage: 'topics', level: 'info', message });
  }
  return named;
}

/**
 * Gives topics their names, in the order of the topics: of two equal names the later is refused, whichever response came first.
 * `repeated`: ids of topics whose name was refused.
 */
function withNames(topics: Topic[], names: Map<number, string>) {
  const taken = new Set(topics.filter(({ id }) => !names.has(id)).map(({ name }) => name.toLowerCase()));
  const repeated: number[] = [];
  let count = 0;
  const named = topics.map((topic) => {
    const name = names.get(topic.id);
    if (name === undefined) return topic;
    if (taken.has(name.toLowerCase())) {
      repeated.push(topic.id);
      return topic;
    }
    taken.add(name.toLowerCase());
    count++;
    return { ...topic, name };
  });
  return { named, count, repeated };
}

/** The name in a model's response; undefined where it has none: a sentence, a refusal, several lines, no letters. */
export function readName(response: string): string | undefined {
  // A response may contain anything, even the key that was sent.
  const said = withoutSecrets(plainLines(response.replace(/<think>[\s\S]*?(<\/think>|$)/g, ''))).trim();
  const name = said
    .replace(/^(?:topic|group|name|label)\s*:\s*/i, '')
    // `=`, `+`, `-` and `@` would make a formula of a spreadsheet's cell.
    .replace(/^[\s"'“”„«»*`#=+@|＝＋－＠-]+|[\s"'“”„«»*`.]+$/g, '')
    .normalize('NFC');
  if (name === '' || name.length > LONGEST_NAME || /[\r\n{}<>]/.test(name) || !/\p{L}/u.test(name))
    return undefined;
  if (name.split(/\s+/).length > MOST_WORDS) return undefined;
  // A refusal, or talk about the task.
  if (/^(?:sorry|i['’]?m |i cannot|i can['’]?t|as an ai|sure|here (?:is|are)|unknown$|n\/a$)/i.test(name))
    return undefined;
  return name;
}

function promptFor({ keywords, exemplars }: Topic, texts: string[]): string {
  const examples = exemplars.map((row, i) => {
    const text = cleanMarkup(texts[row]).replace(/\s+/g, ' ').trim();
    return `${i + 1}. ${text.length > EXAMPLE_CHARACTERS ? `${text.slice(0, EXAMPLE_CHARACTERS)}…` : text}`;
  });
  return `Keywords: ${keywords.join(', ')}\nExamples:\n${examples.join('\n')}`;
}

const keyOf = ({ url, model }: ChatEndpoint, prompt: string): string =>
  createHash('sha256').update([url, model, INSTRUCTIONS, prompt].join('\0')).digest('hex').slice(0, 32);

async function readCached(file: string): Promise<string | undefined> {
  try {
    const { name } = JSON.parse(await readFile(file, 'utf8'));
    return typeof name === 'string' ? readName(name) : undefined;
  } catch {
    return undefined; // missing or damaged: request it
  }
}
