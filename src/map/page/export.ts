import { dotPath, ROUND_DOTS, tenth } from '../../output/dots.js';
import { escapeXml } from '../../output/xml.js';
import type { App } from './app.js';
import { css, readHex } from './colors.js';
import { fileName } from './csv.js';
import { download } from './dom.js';
import { LABEL_FONT, LINE_HEIGHT } from './labels.js';
import { paintPoints } from './points-canvas.js';
import type { View } from './view.js';

const SHARP = 2;

/** The picture that a reader saves: the map as it is seen, moved to the middle where panels cover a side. */
function frame(app: App): { width: number; height: number; view: View } {
  const { width, height, view, margin } = app.stage;
  return {
    width,
    height,
    view: {
      ...view,
      x: view.x + (margin.left - margin.right) / 2 / view.scale,
      y: view.y + (margin.top - margin.bottom) / 2 / view.scale,
    },
  };
}

const color = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

interface Line {
  text: string;
  x: number;
  y: number;
  size: number;
  weight: number;
  color: string;
  anchor: 'start' | 'middle';
  halo: boolean;
}

interface Spot {
  x: number;
  y: number;
  color: string;
}

/** Everything that is written on the picture: names, title, and what the colours mean. */
function writing(app: App): { lines: Line[]; dots: Spot[] } {
  const { width, height, view } = frame(app);
  const ink = color('--ink');
  const soft = color('--soft');
  const lines: Line[] = [];
  const dots: Spot[] = [];
  for (const label of app.stage.placeNames()) {
    const x = (label.topic.x - view.x) * view.scale + width / 2 + label.dx;
    const y = (label.topic.y - view.y) * view.scale + height / 2 + label.dy;
    if (x < -100 || y < -40 || x > width + 100 || y > height + 40) continue;
    label.lines.forEach((text, i) => {
      const down = (i - (label.lines.length - 1) / 2) * label.size * LINE_HEIGHT;
      lines.push({
        text,
        x,
        y: y + down,
        size: label.size,
        weight: 600,
        color: ink,
        anchor: 'middle',
        halo: true,
      });
    });
  }
  const plain = (text: string, x: number, y: number, size: number, weight: number, tint: string) =>
    lines.push({ text, x, y, size, weight, color: tint, anchor: 'start', halo: true });
  plain(app.manifest.title, 20, 28, 17, 650, ink);
  plain(document.querySelector('.summary')?.textContent ?? '', 20, 50, 12.5, 400, soft);
  const { legend } = app.paint;
  if (legend.kind === 'categories') {
    legend.entries.forEach(({ name, color: tint }, i) => {
      const y = height - 20 - 18 * (legend.entries.length - 1 - i);
      dots.push({ x: 25, y, color: css(tint) });
      plain(name.slice(0, 60), 36, y, 12.5, 400, ink);
    });
  } else if (legend.kind === 'range')
    plain(`${legend.title}: ${legend.from} to ${legend.to}`, 20, height - 20, 12.5, 400, soft);
  return { lines, dots };
}

async function pngOf(app: App): Promise<Blob> {
  const { width, height, view } = frame(app);
  const canvas = document.createElement('canvas');
  canvas.width = width * SHARP;
  canvas.height = height * SHARP;
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(canvas.width, canvas.height);
  const ground = readHex(color('--ground'));
  image.data.set([...ground, 255]);
  new Uint32Array(image.data.buffer).fill(new Uint32Array(image.data.buffer, 0, 1)[0]);
  const scaled = { ...view, scale: view.scale * SHARP };
  paintPoints(image.data, canvas.width, canvas.height, app.scene.layers, scaled, app.stage.radius * SHARP);
  context.putImageData(image, 0, 0);
  context.scale(SHARP, SHARP);
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  const { lines, dots } = writing(app);
  for (const { x, y, color: tint } of dots) {
    context.fillStyle = tint;
    context.beginPath();
    context.arc(x, y, 5, 0, 2 * Math.PI);
    context.fill();
  }
  for (const { text, x, y, size, weight, color: tint, anchor, halo } of lines) {
    context.font = `${weight} ${size}px ${LABEL_FONT}`;
    context.textAlign = anchor === 'middle' ? 'center' : 'left';
    if (halo) {
      context.strokeStyle = color('--halo');
      context.lineWidth = 4;
      context.strokeText(text, x, y);
    }
    context.fillStyle = tint;
    context.fillText(text, x, y);
  }
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('the picture is too large for this browser'))),
      'image/png',
    ),
  );
}

/** The picture as SVG: points of one colour are one path. */
function svgOf(app: App): string {
  const { width, height, view } = frame(app);
  const parts: string[] = [];
  for (const { positions, colors, count, grow } of app.scene.layers) {
    const paths = new Map<string, [number, number][]>();
    for (let i = 0; i < count; i++) {
      const x = (positions[2 * i] - view.x) * view.scale + width / 2;
      const y = (positions[2 * i + 1] - view.y) * view.scale + height / 2;
      if (!(x > -10 && y > -10 && x < width + 10 && y < height + 10)) continue;
      const opacity = (colors[4 * i + 3] / 255).toFixed(2);
      const key = `stroke="${css([colors[4 * i], colors[4 * i + 1], colors[4 * i + 2]])}" stroke-opacity="${opacity}"`;
      const dots = paths.get(key);
      if (dots) dots.push([x, y]);
      else paths.set(key, [[x, y]]);
    }
    const thick = tenth(2 * app.stage.radius * grow);
    parts.push(`<g ${ROUND_DOTS} stroke-width="${thick}">`);
    for (const [stroke, dots] of paths) parts.push(dotPath(dots, stroke));
    parts.push('</g>');
  }
  const { lines, dots } = writing(app);
  for (const { x, y, color: tint } of dots) parts.push(`<circle cx="${x}" cy="${y}" r="5" fill="${tint}"/>`);
  for (const { text, x, y, size, weight, color: tint, anchor } of lines)
    parts.push(
      `<text x="${tenth(x)}" y="${tenth(y)}" font-size="${tenth(size)}" font-weight="${weight}" fill="${tint}" text-anchor="${anchor}" dominant-baseline="central" paint-order="stroke" stroke="${color('--halo')}" stroke-width="4" stroke-linejoin="round">${escapeXml(text)}</text>`,
    );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escapeXml(LABEL_FONT)}">
<title>${escapeXml(app.manifest.title)}</title>
<rect width="100%" height="100%" fill="${color('--ground')}"/>
${parts.join('\n')}
</svg>
`;
}

export async function savePng(app: App): Promise<void> {
  download(fileName(app.manifest.title, '.png'), await pngOf(app));
}

export async function saveSvg(app: App): Promise<void> {
  download(fileName(app.manifest.title, '.svg'), new Blob([svgOf(app)], { type: 'image/svg+xml' }));
}
