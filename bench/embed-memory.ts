// Embeds so many titles with MiniLM and prints the most memory that this process and its sessions held together.
// Linux: read from /proc a few times a second. Argument: rows.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { embedTexts } from '../src/embed/index.js';
import { newsTexts } from './cases/embed.js';

const rows = Number(process.argv[2]);
// First lines only, so that 20,000 rows take a minute or two.
const texts = (await newsTexts(rows)).map((text, row) => `${text.split('\n')[0]} ${row}`);

function residentMiB(): number {
  const children = execFileSync('pgrep', ['-P', `${process.pid}`])
    .toString()
    .trim()
    .split('\n');
  return [`${process.pid}`, ...children].reduce((sum, pid) => {
    try {
      const found = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
      return sum + Number(found?.[1] ?? 0) / 1024;
    } catch {
      return sum; // ended meanwhile (pgrep itself)
    }
  }, 0);
}

let peak = 0;
const watch = setInterval(() => {
  peak = Math.max(peak, residentMiB());
}, 300);
const { rowsPerSecond } = await embedTexts(texts, { model: 'minilm', device: 'cpu', cache: false });
clearInterval(watch);
console.log(JSON.stringify({ peakMiB: Math.round(peak), rowsPerSecond: Math.round(rowsPerSecond) }));
// What the benchmark reads as this process' peak.
console.error(`peak-mib ${Math.round(peak)}`);
