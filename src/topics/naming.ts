import pLimit from 'p-limit';
import * as v from 'valibot';
import { counted } from '../counted.js';
import {
  Budget,
  CALLS_SPENT,
  likelyTokens,
  ModelStop,
  mostTokens,
  TOKENS_SPENT,
} from '../language-model/budget.js';
import { ResponseCache } from '../language-model/cache.js';
import { ChatClient, type ChatRequest, COMPLETION_TOKENS } from '../language-model/chat.js';
import { namingOptions } from '../options/naming.js';
import type { OptionsOf } from '../options/option.js';
import { resolveOptions } from '../options/resolve.js';
import type { Watch } from '../progress.js';
import { keepAddress } from '../secrets.js';
import type { Matrix, Topic } from '../shapes.js';
import { type Label, readLabel } from './label.js';
import { instructionsFor, NAME_SCHEMA, Prompter } from './prompt.js';
import { familyOf, type NamedLevel, type PreparedLevel, prepareLevels } from './relatives.js';

type Given = NonNullable<OptionsOf<typeof namingOptions>['nameWith']>;

/** Each option is described in docs/options.md. */
export type NamingSettings = Omit<Given, 'cacheFolder'> &
  Pick<OptionsOf<typeof namingOptions>, 'redact'> & {
    /** Folder in which names are cached, so that a later run makes no request and gets the same names. Default: no cache. */
    cacheFolder?: string;
  };

/** Groupings of the same texts to be named, from the smallest groups to the largest. */
export interface NamingInput {
  /** The texts that rows of the groups' exemplars are numbers of. */
  texts: readonly string[];
  /** The texts' vectors, by which the outermost ones of a group are known. */
  vectors?: Matrix;
  /** From the smallest groups to the largest. */
  levels: NamedLevel[];
}

const AT_ONCE = 4;
/** Tokens of a usual response: a name and a sentence. */
const REPLY_TOKENS = 60;

/**
 * Requests names for the largest topics from a language model behind an OpenAI-compatible endpoint. Keywords are not changed. A
 * topic for which no usable name comes back keeps the name made of its keywords, and a warning says how many do and why.
 *
 * @param topics as `describeTopics` returns them
 * @param texts those that were described
 * @param settings the endpoint and the model; each option is described in docs/options.md
 * @returns the topics with their names, and a sentence each where the model gave one
 * @throws UserError for a wrong option or address; the signal's reason on an abort. Failed requests don't reject.
 * @example
 * const named = await nameTopics(topics, texts, { model: 'llama3', baseUrl: 'http://localhost:11434/v1' });
 */
export async function nameTopics(
  topics: Topic[],
  texts: string[],
  settings: NamingSettings & Watch,
): Promise<Topic[]> {
  const [named] = await nameLevels({ texts, levels: [{ groups: topics }] }, settings);
  return named;
}

/**
 * As `nameTopics`, for several levels. The model sees a group's keywords, its most central and outermost texts, and the keywords of
 * the groups next to it; of larger groups the names of those inside. All levels share one budget.
 *
 * @param input texts and the levels to be named
 * @param settings as for `nameTopics`
 * @returns the groups of each level, with their names
 * @throws UserError as `nameTopics` does
 * @example
 * const [topics, themes] = await nameLevels({ texts, levels: [{ groups, above: 1 }, { groups: above }] }, settings);
 */
export async function nameLevels(input: NamingInput, settings: NamingSettings & Watch): Promise<Topic[][]> {
  const { signal, onProgress, cacheFolder, redact, ...given } = settings;
  keepAddress(given.baseUrl);
  const decided = resolveOptions(namingOptions, { nameWith: given, redact });
  const naming = new Naming(input, decided, cacheFolder, { signal, onProgress });
  try {
    await naming.plan();
    return await naming.run();
  } finally {
    await naming.close();
  }
}

type Decided = ReturnType<typeof resolveOptions<typeof namingOptions>>;

/** A group that is named: the position of its level, and its own there. */
interface Place {
  level: number;
  at: number;
}

class Naming {
  #levels: PreparedLevel[] = [];
  /** Names so far, by level and position. */
  readonly #labels: Map<number, Label>[];
  readonly #budget: Budget;
  readonly #client: ChatClient;
  readonly #cache: ResponseCache;
  readonly #prompter: Prompter;
  readonly #instructions: string;
  readonly #failures: string[] = [];
  /** Groups that names are requested for, level by level. */
  readonly #chosen: Place[][] = [];
  #cached = 0;
  /** Groups for which the caps leave no request. */
  #left = 0;
  /** The cap that is reached first. */
  #cap?: string;
  #done = 0;
  #total = 0;
  #expected = { calls: 0, tokens: 0 };
  #stopped?: ModelStop;

  constructor(
    readonly input: NamingInput,
    readonly settings: Decided,
    cacheFolder: string | undefined,
    readonly watch: Watch,
  ) {
    const { model, baseUrl, maxCalls, maxTokens, language, prompt, redact } = settings;
    this.#labels = input.levels.map(() => new Map());
    this.#budget = new Budget(maxCalls, maxTokens);
    this.#client = new ChatClient(settings, this.#budget);
    this.#cache = new ResponseCache(cacheFolder, 'names', { baseUrl, model });
    this.#prompter = new Prompter(input.texts, redact);
    this.#instructions = instructionsFor({ prompt, language });
  }

  /** Looks up what is cached, counts what the rest will cost, and says so before the first request. */
  async plan(): Promise<void> {
    const { model, largest, maxCalls, maxTokens } = this.settings;
    this.#levels = await prepareLevels(this.input, largest, this.watch.signal);
    for (const [level, { largestFirst }] of this.#levels.entries()) {
      const chosen: Place[] = [];
      for (const at of largestFirst) {
        this.watch.signal?.throwIfAborted();
        const place = { level, at };
        const request = await this.#request(place);
        if ((await this.#fromCache(place, request)) || this.#expect(request)) chosen.push(place);
        else this.#left++;
      }
      this.#chosen.push(chosen);
      this.#refuseRepeated(level);
    }
    this.#total = this.#chosen.flat().length;
    const { calls, tokens } = this.#expected;
    if (calls === 0) return;
    const message = `names are requested from ${model}: about ${counted(calls, 'call')} and ${counted(tokens, 'token')}, at most ${counted(maxCalls, 'call')} and ${counted(maxTokens, 'token')}`;
    this.watch.onProgress?.({ stage: 'topics', level: 'info', message });
  }

  /** Counts a request that will be made; false where the caps don't allow it. */
  #expect({ instructions, prompt }: ChatRequest): boolean {
    const { maxCalls, maxTokens } = this.settings;
    const { calls, tokens } = this.#expected;
    const most = mostTokens(instructions, prompt) + COMPLETION_TOKENS;
    if (calls >= maxCalls) this.#cap ??= CALLS_SPENT;
    else if (tokens + most > maxTokens) this.#cap ??= TOKENS_SPENT;
    if (calls >= maxCalls || tokens + most > maxTokens) return false;
    this.#expected = {
      calls: calls + 1,
      tokens: tokens + likelyTokens(instructions, prompt) + REPLY_TOKENS,
    };
    return true;
  }

  async run(): Promise<Topic[][]> {
    // Found once more, so that each is known by the prompt that it has with the names of this run.
    for (const labels of this.#labels) labels.clear();
    const limit = pLimit(AT_ONCE);
    let count = 0;
    const named: Topic[][] = [];
    for (const [level, places] of this.#chosen.entries()) {
      await Promise.all(places.map((place) => limit(() => this.#name(place))));
      this.#failures.push(...this.#refuseRepeated(level));
      const labels = this.#labels[level];
      count += labels.size;
      named.push(this.#levels[level].groups.map((group, at) => ({ ...group, ...labels.get(at) })));
    }
    this.#report({ named: count, chosen: this.#total + this.#left });
    return named;
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #report({ named, chosen }: { named: number; chosen: number }): void {
    const { onProgress } = this.watch;
    const { model } = this.settings;
    const things = this.#levels.length > 1 ? 'group' : 'topic';
    const kept = chosen - named;
    const { calls, tokens } = this.#budget;
    if (calls > 0) {
      const message = `names took ${counted(calls, 'call')} and ${counted(tokens, 'token')}`;
      onProgress?.({ stage: 'topics', level: 'info', message });
    }
    if (kept > 0) {
      const reason = this.#stopped?.message ?? this.#cap ?? this.#failures[0];
      const message = `${model} named ${named} of ${counted(chosen, things)}; ${kept} keep${kept === 1 ? 's its' : ' their'} keywords: ${reason}`;
      onProgress?.({ stage: 'topics', level: 'warning', message });
    } else if (named > 0) {
      const earlier = this.#cached > 0 ? `, ${this.#cached} of them in an earlier run` : '';
      const message = `${model} named ${counted(named, things)}${earlier}`;
      onProgress?.({ stage: 'topics', level: 'info', message });
    }
  }

  async #name(place: Place): Promise<void> {
    const { signal, onProgress } = this.watch;
    signal?.throwIfAborted();
    const request = await this.#request(place);
    if (await this.#fromCache(place, request)) this.#cached++;
    else await this.#ask(place, request);
    onProgress?.({ stage: 'topics', done: ++this.#done, total: this.#total, unit: 'names' });
  }

  async #ask({ level, at }: Place, request: ChatRequest): Promise<void> {
    if (this.#stopped) return;
    try {
      const response = await this.#client.ask(request, this.watch.signal);
      const label = readLabel(response);
      if (!label) throw new Error(`returned ${JSON.stringify(response.slice(0, 60))}, which is no name`);
      this.#labels[level].set(at, label);
      await this.#cache.set(request, label);
    } catch (cause) {
      this.watch.signal?.throwIfAborted();
      if (cause instanceof ModelStop) this.#stopped ??= cause;
      else this.#failures.push(`${this.#titleOf({ level, at })} ${messageOf(cause)}`);
    }
  }

  /** Whether the response to the request was kept; the label is then known. */
  async #fromCache({ level, at }: Place, request: ChatRequest): Promise<boolean> {
    const kept = v.safeParse(KeptLabel, await this.#cache.get(request));
    const label = kept.success ? readLabel(JSON.stringify(kept.output)) : undefined;
    if (label) this.#labels[level].set(at, label);
    return label !== undefined;
  }

  /**
   * Of two equal names on a level the later group's is refused, whichever response came first, and one that equals the name
   * of a group which keeps its keywords. @returns a clause for each
   */
  #refuseRepeated(level: number): string[] {
    const { groups } = this.#levels[level];
    const labels = this.#labels[level];
    const keep = groups.filter((_, at) => !labels.has(at));
    const taken = new Set(keep.map(({ name }) => name.toLowerCase()));
    const refused: string[] = [];
    for (const at of groups.keys()) {
      const name = labels.get(at)?.name.toLowerCase();
      if (name === undefined) continue;
      if (taken.has(name)) {
        labels.delete(at);
        refused.push(`${this.#titleOf({ level, at })} got another ${level === 0 ? 'topic' : 'group'}'s name`);
      }
      taken.add(name);
    }
    return refused;
  }

  async #request({ level, at }: Place): Promise<ChatRequest> {
    const prompt = await this.#prompter.write(familyOf(this.#levels, this.#labels, level, at));
    return { instructions: this.#instructions, prompt, schema: NAME_SCHEMA };
  }

  #titleOf({ level, at }: Place): string {
    const { id } = this.#levels[level].groups[at];
    return level === 0 ? `topic ${id}` : `group ${id} of level ${level}`;
  }
}

const KeptLabel = v.object({ name: v.string(), summary: v.optional(v.string()) });

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
