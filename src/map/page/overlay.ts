import type { App } from './app.js';

/** What the overlay reads anew each time it draws. */
export interface Marks {
  /** Rows that are joined to the pinned one. */
  nearest(): readonly number[];
  /** Rows under the pointer or the keyboard; -1 is none. */
  pointed(): number[];
  /** The outline that is being drawn, in pixels of the stage. */
  outline(): readonly [number, number][];
}

/** Draws, above the points, the pinned row with its neighbours, the row pointed at, and the outline. */
export function drawMarks(app: App, marks: Marks): void {
  const { stage, store, points } = app;
  const at = (row: number): [number, number] => [
    stage.screenX(points[2 * row]),
    stage.screenY(points[2 * row + 1]),
  ];
  stage.addOverlay((context) => {
    const style = getComputedStyle(document.documentElement);
    const [ink, ground, soft, accent] = ['--ink', '--ground', '--soft', '--accent'].map((name) =>
      style.getPropertyValue(name),
    );
    const { pinned } = store.state;
    if (pinned >= 0 && !Number.isNaN(points[2 * pinned])) {
      const [x, y] = at(pinned);
      context.strokeStyle = soft;
      context.lineWidth = 1;
      for (const neighbor of marks.nearest()) {
        const [nx, ny] = at(neighbor);
        if (Number.isNaN(nx)) continue;
        context.beginPath();
        context.moveTo(x, y);
        context.lineTo(nx, ny);
        context.stroke();
        ring(context, nx, ny, stage.radius + 1, soft, ground);
      }
      ring(context, x, y, stage.radius + 4, ink, ground);
    }
    for (const row of marks.pointed())
      if (row >= 0 && row !== pinned) ring(context, ...at(row), stage.radius + 3, accent, ground);
    drawOutline(context, marks.outline(), accent);
  });
}

function drawOutline(
  context: CanvasRenderingContext2D,
  outline: readonly [number, number][],
  color: string,
): void {
  if (outline.length < 2) return;
  context.beginPath();
  for (const [i, [x, y]] of outline.entries()) {
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
  context.closePath();
  context.globalAlpha = 0.12;
  context.fillStyle = color;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.setLineDash([5, 4]);
  context.strokeStyle = color;
  context.stroke();
  context.setLineDash([]);
}

/** A ring around a point. */
function ring(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  color: string,
  ground: string,
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.lineWidth = 4.5;
  context.strokeStyle = ground;
  context.stroke();
  context.lineWidth = 2;
  context.strokeStyle = color;
  context.stroke();
}
