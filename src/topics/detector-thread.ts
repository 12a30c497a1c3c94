/*
 * The thread of detector.ts: loads the detector of languages, and answers one question after the other.
 */
import { workInOrder } from '../node-thread.js';
import { answer, type Question } from './detector.js';
import { loadLanguages } from './language.js';
import type { TaggedText } from './word-classes.js';

const known = new Map<string, TaggedText>();

workInOrder((question: Question) => answer(question, known), loadLanguages());
