// Loaded into a measured process: says on its way out how much memory it had at most.
import { peakMiB } from './memory.js';

process.on('exit', () => process.stderr.write(`\npeak-mib ${peakMiB()}\n`));
