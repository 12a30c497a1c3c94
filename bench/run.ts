// npm run bench -- [--filter TEXT] [--quick] [--peers] [--peer TEXT] [--json FILE] [--page] [--join FILE …]
//   --filter  cases with this in their name (stage/what rows)
//   --quick   the small cases, under a minute
//   --peers   other packages on the same data, in turn, each in a process of its own
//   --peer    only those with this in their name, for a case whose peers take longer than one sitting has
//   --json    a file for the figures; the table is printed as well
//   --page    writes bench/RESULTS.md from this run
//   --data    a file of your own in place of the cases: a .npy of vectors, or a table of texts; neighbours, fit, layout and the
//             whole command on a quarter, half and all of its rows, and how time grows
//   --vectors, --text, --model  as for `denscape cluster`: the table's vectors, its text columns, or the model that embeds it (minilm)
//   --peer-seconds  the most that a peer may take for a run on your file (300); one that takes longer is not tried on more rows
//   --join    runs nothing: prints, and with --page writes, what earlier runs wrote as JSON; all cases take an hour
// DENSCAPE_NEWS=FILE names the CSV of AG News' test set, for which some figures are required; without it, made-up vectors.
// DENSCAPE_LABELLED=FOLDER: CSV files with columns text and label for `quality/`, NAME.f32 their vectors where you have them (else
// MiniLM's); DENSCAPE_SAMPLES=3 draws three samples of each size. Without a folder, the 870 news of the tests.
// DENSCAPE_PYTHON=PROGRAM is a Python with the peers that you have installed; without it, they are installed into .cache.
// Every timed result is checked; a wrong one fails the run.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { BenchCase } from './case.js';
import { figuresOf, label } from './figures.js';
import { measureMachine } from './machine.js';
import { ownCases } from './own-cases.js';
import { readOwnData } from './own-data.js';
import { renderGrowth, renderPage, renderTable } from './page.js';
import { renderQuality } from './quality.js';
import type { Figure, Report } from './report.js';

const { values: flags } = parseArgs({
  options: {
    filter: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    peer: { type: 'string', default: '' },
    json: { type: 'string' },
    page: { type: 'boolean', default: false },
    join: { type: 'string', multiple: true },
    data: { type: 'string' },
    vectors: { type: 'string' },
    text: { type: 'string' },
    model: { type: 'string' },
    'peer-seconds': { type: 'string', default: '300' },
  },
});

async function loadCases(): Promise<BenchCase[]> {
  const { data, vectors, text, model } = flags;
  if (data !== undefined) {
    const cases = ownCases(await readOwnData({ data, vectors, text, model }), Number(flags['peer-seconds']));
    return cases.filter((one) => label(one).includes(flags.filter));
  }
  const folder = new URL('./cases/', import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort();
  const modules = await Promise.all(files.map((file) => import(new URL(file, folder).href)));
  const all = modules.flatMap((module) => module.cases as BenchCase[]);
  return all
    .filter((one) => label(one).includes(flags.filter))
    .filter((one) => !flags.quick || one.quick)
    .filter((one) => !one.slow || flags.peers || flags.filter !== '');
}

async function runCases(): Promise<Report> {
  const cases = await loadCases();
  if (cases.length === 0) {
    process.stderr.write(`--filter "${flags.filter}": no case has this in its name\n`);
    process.exit(2);
  }
  const figures: Figure[] = [];
  for (const one of cases) {
    process.stderr.write(`${label(one)} … `);
    const found = await figuresOf(one, flags);
    figures.push(...found);
    process.stderr.write(
      `${found.map((f) => (f.failed ? 'failed' : `${f.median!.toPrecision(3)} s`)).join(', ')}\n`,
    );
  }
  // Last: it leaves half a gigabyte of garbage.
  const machine = await measureMachine();
  return { date: new Date().toISOString().slice(0, 10), machine, figures };
}

async function joinReports(files: string[]): Promise<Report> {
  const reports = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(file, 'utf8')) as Report),
  );
  return { ...reports[0], figures: reports.flatMap(({ figures }) => figures) };
}

const report = flags.join ? await joinReports(flags.join) : await runCases();
process.stdout.write(`${renderTable(report)}\n${renderQuality(report)}`);
if (flags.data !== undefined) process.stdout.write(`\n${renderGrowth(report)}`);
if (flags.json) await writeFile(flags.json, `${JSON.stringify(report, null, 2)}\n`);
if (flags.page) {
  const byHand = await readFile(new URL('./embed-int8.md', import.meta.url), 'utf8');
  await writeFile(new URL('./RESULTS.md', import.meta.url), `${renderPage(report).trimEnd()}\n\n${byHand}`);
}
