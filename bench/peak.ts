// Loaded into a measured process: prints its peak memory on exit.
import { peakMiB } from './memory.js';

process.on('exit', () => process.stderr.write(`\npeak-mib ${peakMiB()}\n`));
