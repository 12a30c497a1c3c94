/*
 * The thread of measures.ts: measures the fit that it is started with, and ends.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Hdbscan } from '../hdbscan/index.js';
import { measureFit } from '../statistics/quality.js';

parentPort?.postMessage(await measureFit(workerData as Hdbscan, undefined));
