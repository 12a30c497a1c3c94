import { startModule, ThreadInOrder } from '../node-thread.js';
import { cores } from '../wasm/thread.js';
import { DETECTED, detectAllLanguages, detectLanguages, loadLanguages } from './language.js';
import { loadTagger, type TaggedText, type TaggedWords, tagWords } from './word-classes.js';

/** What to detect: the languages of each of some groups of texts, or of all texts together; or what words of English groups are. */
export type Question =
  | { kind: 'groups'; groups: string[][]; usual?: string }
  | { kind: 'all'; texts: string[] }
  | { kind: 'words'; groups: string[][] };

interface Answers {
  groups: string[][];
  all: string[];
  words: TaggedWords[];
}

export type Answer = Answers[Question['kind']];

/**
 * Detects or tags in the calling thread.
 *
 * @param known texts that were tagged for earlier questions
 */
export async function answer(question: Question, known?: Map<string, TaggedText>): Promise<Answer> {
  if (question.kind === 'words') return Promise.all(question.groups.map((texts) => tagWords(texts, known)));
  await loadLanguages();
  if (question.kind === 'all') {
    const languages = detectAllLanguages(question.texts);
    // Their groups will ask for the words; until then there is time.
    if (languages.includes('en')) loadTagger().catch(() => {});
    return languages;
  }
  return question.groups.map((texts) => detectLanguages(texts, question.usual));
}

/** Detects languages and classes of words, see `detectLanguages`, `detectAllLanguages` and `tagWords`. */
export abstract class Detector {
  /** Resolves with the answer of the question's kind. */
  protected abstract ask(question: Question): Promise<Answer>;

  /** Languages of each group of texts. */
  async ofGroups(groups: string[][], usual?: string): Promise<string[][]> {
    return (await this.ask({ kind: 'groups', groups: groups.map(beginnings), usual })) as Answers['groups'];
  }

  /** @param texts a sample of all */
  async ofAll(texts: string[]): Promise<string[]> {
    return (await this.ask({ kind: 'all', texts: beginnings(texts) })) as Answers['all'];
  }

  /** How often words of each group of English texts are nouns. */
  async words(groups: string[][]): Promise<TaggedWords[]> {
    return (await this.ask({ kind: 'words', groups: groups.map(beginnings) })) as Answers['words'];
  }

  /** Ends the thread, if there is one. What is asked for later is detected in the calling thread. */
  abstract stop(): Promise<unknown>;
}

class ThisThread extends Detector {
  protected ask = answer;

  async stop(): Promise<void> {}
}

/** Detects in the calling thread. */
export const detectHere: Detector = new ThisThread();

/** Texts from which a thread is worth its start. */
const WORTH_A_THREAD = 1000;

/**
 * A detector for so many texts: in a thread of its own, which loads the detector's data while this one does something else; of few, or where
 * one thread is allowed, without.
 */
export function startDetector(texts: number, threads = cores()): Detector {
  if (threads === 1 || texts < WORTH_A_THREAD) return detectHere;
  return new OtherThread(new ThreadInOrder(startModule(import.meta.url, 'detector-thread')));
}

class OtherThread extends Detector {
  constructor(private readonly thread: ThreadInOrder<Question, Answer>) {
    super();
  }

  stop(): Promise<unknown> {
    return this.thread.stop();
  }

  protected async ask(question: Question): Promise<Answer> {
    return (await this.thread.run(question)) ?? answer(question);
  }
}

const beginnings = (texts: string[]): string[] => texts.map((text) => text.slice(0, DETECTED));
