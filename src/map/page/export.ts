import { dotPath, ROUND_DOTS, tenth } from '../../output/dots.js';
import { escapeXml } from '../../output/xml.js';
import type { App } from './app.js';
import { css } from './colors.js';
import { fileName } from './csv.js';
import { download } from './dom.js';
import { type Drawing, drawingOf, groundOf, type PictureSize } from './drawing.js';
import { LABEL_FONT } from './labels.js';
import { paintPoints } from './points-canvas.js';

/** Width of the halo around letters, in parts of their size. */
const HALO = 0.27;

/** Whether a text is read from right to left, by its first letter that has a direction. */
const RIGHT_TO_LEFT =
  /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const directionOf = (text: string) => (RIGHT_TO_LEFT.test(text) ? 'rtl' : 'ltr');

/** Ground, lines of equal density and points on a canvas whose pixels are so much smaller than those of the drawing. */
export function canvasOf(drawing: Drawing, scale: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(drawing.width * scale);
  canvas.height = Math.round(drawing.height * scale);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser draws no pictures');
  context.fillStyle = drawing.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  drawContours(context, drawing);
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  const scaled = { ...drawing.view, scale: drawing.view.scale * scale };
  paintPoints(image.data, canvas.width, canvas.height, drawing.layers, scaled, drawing.radius * scale);
  context.putImageData(image, 0, 0);
  return [canvas, context];
}

function pngOf(drawing: Drawing, scale: number): Promise<Blob> {
  const [canvas, context] = canvasOf(drawing, scale);
  drawWords(context, drawing);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('the picture is too large for this browser'))),
      'image/png',
    ),
  );
}

function drawContours(context: CanvasRenderingContext2D, { contours }: Drawing): void {
  for (const { rings, color, opacity } of contours) {
    context.beginPath();
    for (const ring of rings) {
      for (const [i, [x, y]] of ring.entries()) {
        if (i === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
      }
      context.closePath();
    }
    context.globalAlpha = opacity;
    context.strokeStyle = color;
    context.stroke();
  }
  context.globalAlpha = 1;
}

function drawWords(context: CanvasRenderingContext2D, drawing: Drawing): void {
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  for (const { from, to, color, opacity, width } of drawing.strokes) {
    context.globalAlpha = opacity;
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
  }
  context.globalAlpha = 1;
  for (const { x, y, color } of drawing.dots) {
    context.fillStyle = color;
    context.beginPath();
    context.arc(x, y, 5, 0, 2 * Math.PI);
    context.fill();
  }
  const [r, g, b] = groundOf(drawing);
  for (const { text, x, y, size, weight, color, anchor, opacity } of drawing.lines) {
    context.globalAlpha = opacity;
    context.direction = directionOf(text);
    context.font = `${weight} ${size}px ${LABEL_FONT}`;
    context.textAlign = anchor === 'middle' ? 'center' : 'left';
    context.strokeStyle = css([r, g, b]);
    context.lineWidth = size * HALO;
    context.strokeText(text, x, y);
    context.fillStyle = color;
    context.fillText(text, x, y);
  }
  context.globalAlpha = 1;
}

/** The picture as SVG: points of one colour are one path. */
function svgOf(app: App, drawing: Drawing): string {
  const { width, height, view, ground } = drawing;
  const parts = [
    `<title>${escapeXml(app.manifest.title)}</title>`,
    `<rect width="100%" height="100%" fill="${ground}"/>`,
  ];
  for (const { rings, color, opacity } of drawing.contours) {
    const path = rings
      .map((ring) => `M${ring.map(([x, y]) => `${tenth(x)} ${tenth(y)}`).join('L')}Z`)
      .join('');
    parts.push(`<path d="${path}" fill="none" stroke="${color}" stroke-opacity="${opacity}"/>`);
  }
  for (const { positions, colors, count, grow } of drawing.layers) {
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
    parts.push(`<g ${ROUND_DOTS} stroke-width="${tenth(2 * drawing.radius * grow)}">`);
    for (const [stroke, dots] of paths) parts.push(dotPath(dots, stroke));
    parts.push('</g>');
  }
  return svgRoot(drawing, [...parts, ...wordsOf(drawing)]);
}

/** Names, other words, and the lines and dots that belong to them, as SVG. */
export const wordsSvgOf = (drawing: Drawing): string => svgRoot(drawing, wordsOf(drawing));

const svgRoot = ({ width, height }: Drawing, parts: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escapeXml(LABEL_FONT)}">
${parts.join('\n')}
</svg>
`;

function wordsOf(drawing: Drawing): string[] {
  const { ground } = drawing;
  const parts: string[] = [];
  for (const { from, to, color, opacity, width: thick } of drawing.strokes)
    parts.push(
      `<path d="M${tenth(from[0])} ${tenth(from[1])}L${tenth(to[0])} ${tenth(to[1])}" stroke="${color}" stroke-opacity="${opacity}" stroke-width="${tenth(thick)}"/>`,
    );
  for (const { x, y, color } of drawing.dots)
    parts.push(`<circle cx="${tenth(x)}" cy="${tenth(y)}" r="5" fill="${color}"/>`);
  for (const { text, x, y, size, weight, color, anchor, opacity } of drawing.lines) {
    const direction = directionOf(text);
    // In text from right to left the start is at the right.
    const at = anchor === 'start' && direction === 'rtl' ? 'end' : anchor;
    parts.push(
      `<text x="${tenth(x)}" y="${tenth(y)}" font-size="${tenth(size)}" font-weight="${weight}" fill="${color}" opacity="${opacity}" text-anchor="${at}" direction="${direction}" dominant-baseline="central" paint-order="stroke" stroke="${ground}" stroke-width="${tenth(size * HALO)}" stroke-linejoin="round">${escapeXml(text)}</text>`,
    );
  }
  return parts;
}

export async function savePng(app: App, size: PictureSize): Promise<void> {
  download(fileName(app.manifest.title, '.png'), await pngOf(drawingOf(app, size), size.scale));
}

export async function saveSvg(app: App, size: PictureSize): Promise<void> {
  const svg = svgOf(app, drawingOf(app, size));
  download(fileName(app.manifest.title, '.svg'), new Blob([svg], { type: 'image/svg+xml' }));
}
