import type { Size } from './case.js';
import type { Figure, Report } from './report.js';

const number = (value: number) => value.toLocaleString('en');

function sizeText({ rows, cols, k }: Size): string {
  return [
    cols === undefined ? number(rows) : `${number(rows)} × ${number(cols)}`,
    k !== undefined && `k ${number(k)}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function seconds(value: number): string {
  if (value < 1e-3) return `${(value * 1e6).toPrecision(3)} µs`;
  if (value < 1) return `${(value * 1e3).toPrecision(3)} ms`;
  return `${value.toPrecision(3)} s`;
}

const isSame = (a: Figure, b: Figure) => a.name === b.name && sizeText(a.size) === sizeText(b.size);

/** denscape's figure that a peer's figure is compared with. */
function ownOf(figure: Figure, { figures }: Report): Figure | undefined {
  return figures.find((own) => own.by === 'denscape' && isSame(own, figure));
}

function ratioText(figure: Figure, report: Report): string {
  if (figure.by === 'denscape' || figure.failed) return '';
  const own = ownOf(figure, report);
  if (!own?.median || !figure.median) return '';
  const ratio = figure.median / own.median;
  const required = figure.atLeast === undefined ? '' : ` (required ${figure.atLeast})`;
  return `${ratio.toPrecision(3)} ×${required}`;
}

/** What a figure reaches of the machine's limit, in its own unit. */
function limitText({ work, median }: Figure, { machine }: Report): string {
  if (!work || !median) return '';
  if (work.flops) {
    const gflops = work.flops / median / 1e9;
    const limit = work.by === 'onnx' ? machine.limits.onnxGflops : machine.limits.wasmGflops;
    return `${gflops.toFixed(0)} GFLOP/s, ${((gflops / limit) * 100).toFixed(0)} %`;
  }
  if (!work.bytes) return '';
  const rate = work.bytes / median / 1e9;
  return `${rate.toFixed(1)} GB/s, ${((rate / machine.limits.copyGBs) * 100).toFixed(0)} %`;
}

function table(head: string[], lines: string[][]): string {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...lines.map(row)].join('\n');
}

export function renderTable(report: Report): string {
  const { machine, date } = report;
  const lines = report.figures.map((figure) => [
    figure.name,
    sizeText(figure.size),
    figure.by,
    figure.failed ? `failed: ${figure.failed}` : seconds(figure.median!),
    figure.failed ? '' : `± ${(figure.spread! * 100).toFixed(0)} %`,
    `${figure.runs ?? ''}`,
    ratioText(figure, report),
    limitText(figure, report),
    figure.peakMiB === undefined ? '' : `${number(figure.peakMiB)} MiB`,
    figure.found
      ? Object.entries(figure.found)
          .map(([name, value]) => `${name} ${value}`)
          .join(', ')
      : '',
  ]);
  const head = [
    'case',
    'size',
    'by',
    'median',
    'spread',
    'runs',
    'denscape is faster',
    'of the limit',
    'peak memory',
    'found',
  ];
  return [
    `${date}: ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}, ${machine.platform}`,
    '',
    table(head, lines),
  ].join('\n');
}

const AXES = ['rows', 'cols', 'k'] as const;
const AXIS_NAMES = { rows: 'rows (n)', cols: 'dimensions (d)', k: 'neighbours (k)' };

/** Figures of one name that differ in `axis` only, three or more, ascending; each size once. */
function series(own: Figure[], axis: (typeof AXES)[number]): Figure[][] {
  const groups = new Map<string, Figure[]>();
  for (const figure of own) {
    if (figure.size[axis] === undefined) continue;
    const others = JSON.stringify(AXES.filter((other) => other !== axis).map((other) => figure.size[other]));
    const group = groups.get(others) ?? [];
    if (!group.some(({ size }) => size[axis] === figure.size[axis])) group.push(figure);
    groups.set(others, group);
  }
  return [...groups.values()]
    .filter((group) => group.length >= 3)
    .map((group) => group.sort((a, b) => a.size[axis]! - b.size[axis]!));
}

/** By which power time grows with a size, from one figure to another. */
function powerOf(from: Figure, to: Figure, axis: (typeof AXES)[number]): string {
  return (Math.log(to.median! / from.median!) / Math.log(to.size[axis]! / from.size[axis]!)).toFixed(2);
}

/** How the time of each program grows with a size, where three sizes or more were run and nothing else changed. */
export function renderGrowth({ figures }: Report): string {
  const timed = figures.filter(({ kind, median }) => kind === 'function' && median !== undefined);
  const blocks: string[] = [];
  for (const name of new Set(timed.map((figure) => figure.name))) {
    const ofName = timed.filter((figure) => figure.name === name);
    for (const by of new Set(ofName.map((figure) => figure.by))) {
      const ofProgram = ofName.filter((figure) => figure.by === by);
      const title = by === 'denscape' ? name : `${name}, ${by}`;
      for (const axis of AXES) {
        for (const growing of series(ofProgram, axis)) blocks.push(...growthTable(title, growing, axis));
      }
    }
  }
  return blocks.join('\n');
}

function growthTable(title: string, figures: Figure[], axis: (typeof AXES)[number]): string[] {
  const lines = figures.map((figure, at) => [
    number(figure.size[axis]!),
    seconds(figure.median!),
    at === 0 ? '' : powerOf(figures[at - 1], figure, axis),
  ]);
  const { rows, cols, k }: Partial<Size> = { ...figures[0].size, [axis]: undefined };
  const fixed = [rows && `${number(rows)} rows`, cols && `${cols} dimensions`, k && `${k} neighbours`];
  const power = powerOf(figures[0], figures[figures.length - 1], axis);
  return [
    `### ${title}: time grows with ${AXIS_NAMES[axis]} to the power of ${power}`,
    '',
    `With ${fixed.filter(Boolean).join(', ') || 'nothing else changed'}.`,
    '',
    table([AXIS_NAMES[axis], 'median', 'power since the line above'], lines),
    '',
  ];
}

function requirementsOf(report: Report): string {
  const lines = report.figures
    .filter((figure) => figure.atLeast !== undefined)
    .map((figure) => {
      const own = ownOf(figure, report);
      const ratio = own?.median && figure.median ? figure.median / own.median : undefined;
      const verdict = ratio === undefined ? 'not measured' : ratio >= figure.atLeast! ? 'reached' : 'missed';
      return [
        figure.name,
        sizeText(figure.size),
        figure.by,
        `${figure.atLeast} ×`,
        ratio === undefined ? '' : `${ratio.toPrecision(3)} ×`,
        verdict,
      ];
    });
  for (const { name, size, atMost, median, peakMiB } of report.figures) {
    const bounds: [number | undefined, number | undefined, (value: number) => string][] = [
      [atMost?.seconds, median, seconds],
      [atMost?.peakMiB, peakMiB, (value) => `${number(value)} MiB`],
    ];
    for (const [bound, measured, text] of bounds) {
      if (bound === undefined) continue;
      const verdict = measured === undefined ? 'not measured' : measured <= bound ? 'reached' : 'missed';
      const found = measured === undefined ? '' : text(measured);
      lines.push([name, sizeText(size), '', `at most ${text(bound)}`, found, verdict]);
    }
  }
  if (lines.length === 0)
    return 'No case with a required ratio was part of this run; run it with `--peers`.\n';
  return `${table(['case', 'size', 'against', 'required', 'measured', ''], lines)}\n`;
}

/** bench/RESULTS.md. */
export function renderPage(report: Report): string {
  const { limits } = report.machine;
  return `# Results

Made by \`npm run bench -- --peers --page\`, or stage by stage with \`--json\`, \`--join\` and \`--page\`. Every timed result
was checked. The median is printed, with half the range between the quartiles as spread; peers ran in turn with denscape,
warm, on the same data, in processes of their own. The ratio is the peer's median divided by denscape's: above 1 denscape
is faster. Topics against labels, and what was tried to make them better: [QUALITY.md](QUALITY.md);
what was asked for beyond this table: [SPEED.md](SPEED.md).

${renderTable(report)}

## Required and measured

${requirementsOf(report)}
## The machine's limits, as measured in this run

| limit | measured |
| --- | --- |
| ONNX Runtime, product of 2,048 × 1,024 with its transpose, all cores: about what the processor can do | ${limits.onnxGflops.toFixed(0)} GFLOP/s |
| WebAssembly, the product kernel on tiles in the cache, one thread × cores | ${limits.wasmGflops.toFixed(0)} GFLOP/s, ${((limits.wasmGflops / limits.onnxGflops) * 100).toFixed(0)} % of that |
| copying memory, one thread, read and written | ${limits.copyGBs.toFixed(1)} GB/s |

"Of the limit" counts only the unavoidable operations (one multiplication and one addition per pair of rows
and dimension), over the whole time: selection, refinement in float64 and hand-over lower it. Each engine is compared with
its own limit: WebAssembly has vectors of four numbers, with a fused multiply-add from Node 22 on; ONNX Runtime uses
what the processor has.

## Growth of cost

${renderGrowth(report) || 'No case with three sizes was part of this run.\n'}`;
}
