/** What pointers on the stage mean. Coordinates are pixels from the stage's corner. */
export interface Gestures {
  onPan(dx: number, dy: number): void;
  onZoom(x: number, y: number, factor: number): void;
  onHover(x: number, y: number): void;
  onLeave(): void;
  onTap(x: number, y: number, event: PointerEvent): void;
  onDoubleTap(x: number, y: number): void;
  /** Whether a drag draws an outline instead of moving the map. */
  outlines(event: PointerEvent): 'lasso' | 'box' | null;
  onOutline(kind: 'lasso' | 'box', outline: [number, number][], done: boolean): void;
}

const TAP_DISTANCE = 5;
const DOUBLE_TAP_TIME = 320;

/** Mouse, pen and touch: drag pans, two fingers or the wheel zoom, a tap picks, a tool draws outlines. */
export function listenForGestures(stage: HTMLElement, gestures: Gestures): void {
  const down = new Map<number, { x: number; y: number }>();
  let travelled = 0;
  let outline: { kind: 'lasso' | 'box'; points: [number, number][] } | null = null;
  let lastTap = { time: -Infinity, x: 0, y: 0 };

  const at = (event: MouseEvent) => {
    const corner = stage.getBoundingClientRect();
    return { x: event.clientX - corner.left, y: event.clientY - corner.top };
  };
  const spread = () => {
    const [a, b] = [...down.values()];
    return { distance: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  };
  const outlined = () => {
    const { kind, points } = outline!;
    if (kind === 'lasso') return points;
    const [x0, y0] = points[0];
    const [x1, y1] = points[points.length - 1];
    return [
      [x0, y0],
      [x1, y0],
      [x1, y1],
      [x0, y1],
    ] as [number, number][];
  };

  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const place = at(event);
    stage.setPointerCapture(event.pointerId);
    down.set(event.pointerId, place);
    if (down.size === 1) {
      travelled = 0;
      const kind = gestures.outlines(event);
      outline = kind && { kind, points: [[place.x, place.y]] };
    } else outline = null;
  });

  stage.addEventListener('pointermove', (event) => {
    const place = at(event);
    const before = down.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== 'touch') gestures.onHover(place.x, place.y);
      return;
    }
    travelled += Math.hypot(place.x - before.x, place.y - before.y);
    if (down.size === 2) {
      const old = spread();
      down.set(event.pointerId, place);
      const now = spread();
      gestures.onPan(now.x - old.x, now.y - old.y);
      if (old.distance > 0) gestures.onZoom(now.x, now.y, now.distance / old.distance);
      return;
    }
    down.set(event.pointerId, place);
    if (outline) {
      outline.points.push([place.x, place.y]);
      gestures.onOutline(outline.kind, outlined(), false);
    } else if (down.size === 1 && travelled > TAP_DISTANCE)
      gestures.onPan(place.x - before.x, place.y - before.y);
  });

  const up = (event: PointerEvent) => {
    if (!down.delete(event.pointerId) || down.size > 0) return;
    const place = at(event);
    if (outline) {
      if (travelled > TAP_DISTANCE) gestures.onOutline(outline.kind, outlined(), true);
      outline = null;
      if (travelled > TAP_DISTANCE) return;
    }
    if (travelled > TAP_DISTANCE || event.type === 'pointercancel') return;
    const near = Math.hypot(place.x - lastTap.x, place.y - lastTap.y) < 24;
    if (near && event.timeStamp - lastTap.time < DOUBLE_TAP_TIME) {
      lastTap.time = -Infinity;
      gestures.onDoubleTap(place.x, place.y);
    } else {
      lastTap = { time: event.timeStamp, ...place };
      gestures.onTap(place.x, place.y, event);
    }
  };
  stage.addEventListener('pointerup', up);
  stage.addEventListener('pointercancel', up);
  stage.addEventListener('pointerleave', () => gestures.onLeave());

  stage.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const place = at(event);
      // Lines and pages of old wheels in pixels; a pinch on a touchpad arrives as a fine wheel with ctrl.
      const pixels = event.deltaY * (event.deltaMode === 1 ? 18 : event.deltaMode === 2 ? 400 : 1);
      gestures.onZoom(
        place.x,
        place.y,
        Math.exp(-Math.max(-300, Math.min(300, pixels)) * (event.ctrlKey ? 0.01 : 0.002)),
      );
    },
    { passive: false },
  );
}
