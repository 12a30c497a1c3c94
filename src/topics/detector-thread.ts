/*
 * The thread of detector.ts: loads the detector of languages, and answers one question after the other.
 */
import { parentPort } from 'node:worker_threads';
import { answer, type Question } from './detector.js';
import { loadLanguages } from './language.js';

const loaded = loadLanguages();
parentPort?.on('message', async (question: Question) => {
  await loaded;
  parentPort?.postMessage(await answer(question));
});
