/*
 * The thread of detector.ts: loads the detector of languages, and answers one question after the other.
 */
import { parentPort } from 'node:worker_threads';
import { answer, type Question } from './detector.js';
import { loadLanguages } from './language.js';
import type { TaggedText } from './word-classes.js';

const known = new Map<string, TaggedText>();

async function reply(question: Question): Promise<void> {
  parentPort?.postMessage(await answer(question, known));
}

// Answers are told apart by their order alone.
let last: Promise<void> = loadLanguages();
parentPort?.on('message', (question: Question) => {
  last = last.then(() => reply(question));
});
