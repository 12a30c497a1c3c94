// Writes docs/options.md from the built table of options: `node scripts/options.mjs`, after a build.
import { writeFileSync } from 'node:fs';
import { optionsDocument } from '../build/cli/document.js';

writeFileSync(new URL('../docs/options.md', import.meta.url), optionsDocument());
