/** No further request makes sense: a wrong key, a dead server, or the caps reached. */
export class ModelStop extends Error {
  override readonly name = 'ModelStop';
}

export const CALLS_SPENT = 'the cap on calls is reached';
export const TOKENS_SPENT = 'the cap on tokens is reached';

/** What one request is allowed to cost, taken from the budget before it is sent. */
interface Reservation {
  /** Settles the request by the tokens that it took. Later calls change nothing. */
  settle(tokens: number): void;
}

/** Tokens of a chat's frame: roles, separators, the schema of the response. */
const FRAME_TOKENS = 150;

const bytes = (text: string) => Buffer.byteLength(text);

/** The most tokens that texts can be: a token is at least one byte in every tokenizer with a byte fallback. */
export const mostTokens = (...texts: string[]): number =>
  texts.reduce((sum, text) => sum + bytes(text), FRAME_TOKENS);

/** The tokens that texts are likely to be: four characters each in Latin script, about one each in others. */
export function likelyTokens(...texts: string[]): number {
  const ascii = (text: string) => text.replace(/[^\x20-\x7e\s]/g, '').length;
  const each = (text: string) => ascii(text) / 4 + (text.length - ascii(text));
  return Math.ceil(texts.reduce((sum, text) => sum + each(text), FRAME_TOKENS / 2));
}

/**
 * Calls and tokens that may still be spent. A request first reserves the most that it can take, so that requests which
 * run at the same time can't exceed the caps together.
 */
export class Budget {
  #calls = 0;
  #tokens = 0;
  #reserved = 0;
  /** The most that a server counted for one token that was reserved: its prompt may be longer than ours. */
  #factor = 1;
  #waiting: (() => void)[] = [];

  constructor(
    readonly maxCalls: number,
    readonly maxTokens: number,
  ) {}

  /** Requests sent. */
  get calls(): number {
    return this.#calls;
  }

  /** Tokens taken, as servers counted them, or else as estimated. */
  get tokens(): number {
    return this.#tokens;
  }

  /**
   * Waits for requests that are on their way where what they don't use may be enough.
   * @throws ModelStop where a cap would be exceeded
   */
  async reserve(most: number): Promise<Reservation> {
    for (;;) {
      if (this.#calls >= this.maxCalls) throw new ModelStop(CALLS_SPENT);
      if (this.#tokens + this.#reserved + this.#held(most) <= this.maxTokens) break;
      if (this.#reserved === 0) throw new ModelStop(TOKENS_SPENT);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const held = this.#held(most);
    this.#calls++;
    this.#reserved += held;
    let isOpen = true;
    return {
      settle: (tokens) => {
        if (!isOpen) return;
        isOpen = false;
        this.#reserved -= held;
        this.#tokens += tokens;
        this.#factor = Math.max(this.#factor, tokens / most);
        for (const resume of this.#waiting.splice(0)) resume();
      },
    };
  }
  #held(most: number): number {
    return Math.ceil(most * this.#factor);
  }
}
