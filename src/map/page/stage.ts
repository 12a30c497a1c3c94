import { type Contour, strokeContours } from './contours.js';
import { h } from './dom.js';
import { type Label, leader } from './labels.js';
import { NameButtons } from './name-buttons.js';
import { NamePlaces } from './name-places.js';
import { canvasPoints } from './points-canvas.js';
import { webglPoints } from './points-webgl.js';
import type { PointLayer, PointRenderer } from './renderer.js';
import { noteWork } from './rest.js';
import type { MapTopic } from './topics.js';
import { type Box, between, isSameView, toScreenX, toScreenY, type View, viewOf, zoomAt } from './view.js';

/** Something drawn above the points, in pixels of the stage. */
export type Overlay = (context: CanvasRenderingContext2D, stage: Stage) => void;

/** The view of everything and the panels over it: those that are always open, or also those on what is chosen. */
type HomeOf = (
  width: number,
  height: number,
  next: 'to lasting panels' | 'to all panels',
) => { view: View; panels: readonly Box[] };

/** Milliseconds of a flight. */
const FLIGHT = 450;

const calm = matchMedia('(prefers-reduced-motion: reduce)');

/** The map's ground: points, names above them, and the view on both. */
export class Stage {
  readonly element: HTMLElement;
  width = 0;
  height = 0;
  view: View = { x: 0.5, y: 0.5, scale: 1 };
  /** Pixels that panels cover at each side; fitting a view keeps them free. */
  margin: Box = { left: 24, top: 24, right: 24, bottom: 24 };
  /** Lines of equal density behind the points; none where they are switched off. */
  contours: readonly Contour[] = [];
  readonly #points: HTMLElement;
  readonly #names = new NameButtons();
  readonly #places = new NamePlaces();
  readonly #under: HTMLCanvasElement;
  readonly #over: HTMLCanvasElement;
  readonly #overlays: Overlay[] = [];
  readonly #viewListeners: (() => void)[] = [];
  #renderer: PointRenderer;
  #layers: PointLayer[] = [];
  #absent: ReadonlySet<number> = new Set();
  #quiet: ReadonlySet<number> = new Set();
  #chosen: MapTopic | null = null;
  #hasContours = false;
  #colorOf: (topic: MapTopic) => string = () => '';
  #homeOf: HomeOf = () => ({ view: { x: 0.5, y: 0.5, scale: 1 }, panels: [] });
  #home: View = { x: 0.5, y: 0.5, scale: 1 };
  /** The view of everything next to panels as they are now, for which names have their places. */
  #fitted: View = this.#home;
  #rows = 1;
  #frame = 0;
  #flight = 0;

  constructor() {
    this.#points = h('div', { class: 'points' });
    this.#over = h('canvas', { class: 'over', 'aria-hidden': 'true' });
    this.#under = h('canvas', { class: 'over', 'aria-hidden': 'true' });
    this.element = h('div', { class: 'stage' }, this.#under, this.#points, this.#over, this.#names.element);
    this.#renderer = this.#openRenderer();
  }

  get rendererKind(): 'webgl' | 'canvas' {
    return this.#renderer.kind;
  }

  #openRenderer(): PointRenderer {
    const canvas = h('canvas', { 'aria-hidden': 'true' });
    this.#points.replaceChildren(canvas);
    const webgl = webglPoints(canvas, () => this.#fallBack());
    return webgl ?? this.#canvasRenderer();
  }

  /** A canvas that had a WebGL context gives no other: a fresh one. */
  #canvasRenderer(): PointRenderer {
    const canvas = h('canvas', { 'aria-hidden': 'true' });
    this.#points.replaceChildren(canvas);
    return canvasPoints(canvas);
  }

  #fallBack(): void {
    this.#renderer = this.#canvasRenderer();
    this.#renderer.resize(this.width, this.height);
    this.#renderer.setLayers(this.#layers);
    this.redraw();
  }

  /** How the view of everything comes about, and how many points there are. */
  setContent(homeOf: HomeOf, rows: number): void {
    this.#homeOf = homeOf;
    this.#rows = rows;
  }

  setLayers(layers: PointLayer[]): void {
    this.#layers = layers;
    this.#renderer.setLayers(layers);
    this.redraw();
  }

  /** Groups that are named, and finer ones that are named between them on zooming in. */
  setTopics(topics: readonly MapTopic[], closer: readonly MapTopic[]): void {
    if (this.#places.setTopics(topics, closer)) this.redraw();
  }

  /** Names that are not drawn, names that are faint, and the colour of each. */
  styleNames(
    absent: ReadonlySet<number>,
    quiet: ReadonlySet<number>,
    colorOf: (topic: MapTopic) => string,
  ): void {
    this.#absent = absent;
    this.#quiet = quiet;
    this.#colorOf = colorOf;
    this.redraw();
  }

  /** The topic whose name stands at every zoom, above others. */
  setChosen(topic: MapTopic | null): void {
    this.#chosen = topic;
    this.redraw();
  }

  addOverlay(overlay: Overlay): void {
    this.#overlays.push(overlay);
  }

  /** Calls `listener` for a name that is clicked without a pointer: by a screen reader, or by a script. */
  onName(listener: (topic: number) => void): void {
    this.#names.onClick(listener);
  }

  onView(listener: () => void): void {
    this.#viewListeners.push(listener);
  }

  /** Takes the element's size; the first time the view shows everything. */
  resize(): void {
    const { clientWidth, clientHeight } = this.element;
    if (clientWidth === 0 || clientHeight === 0) return;
    const atHome = this.width === 0 || this.isHome();
    this.width = clientWidth;
    this.height = clientHeight;
    const ratio = window.devicePixelRatio || 1;
    for (const canvas of [this.#over, this.#under]) {
      canvas.width = Math.round(clientWidth * ratio);
      canvas.height = Math.round(clientHeight * ratio);
    }
    this.#renderer.resize(clientWidth, clientHeight);
    const { view, panels } = this.#homeOf(clientWidth, clientHeight, 'to lasting panels');
    this.#home = view;
    this.#places.setAround({ view, width: clientWidth, height: clientHeight, panels });
    this.#fitted = this.#home;
    if (atHome) this.view = { ...this.#home };
    this.redraw();
  }

  isHome(): boolean {
    return isSameView(this.view, this.#home) || isSameView(this.view, this.#fitted);
  }

  /** Fits the view of everything to panels that changed their size; another view stays. */
  refit(): void {
    if (this.width === 0 || !this.isHome()) return;
    const { view: next, panels } = this.#homeOf(this.width, this.height, 'to lasting panels');
    this.#places.setAround({ view: next, width: this.width, height: this.height, panels });
    this.redraw();
    if (isSameView(next, this.view)) return;
    this.#fitted = next;
    this.flyTo({ ...next });
  }

  get limits(): [number, number] {
    return [this.#home.scale * 0.4, this.#home.scale * 4000];
  }

  /** Pixels of a point's radius: small in a crowd, larger on zooming in. */
  get radius(): number {
    const area = this.width * this.height;
    const still = Math.min(4.5, Math.max(1.1, Math.sqrt((0.09 * area) / (this.#rows * Math.PI))));
    const zoom = Math.max(1, this.view.scale / this.#home.scale);
    return Math.min(8, still * zoom ** 0.35);
  }

  screenX = (x: number) => toScreenX(this.view, this.width, x);
  screenY = (y: number) => toScreenY(this.view, this.height, y);

  moveTo(view: View): void {
    cancelAnimationFrame(this.#flight);
    noteWork('flying', false);
    this.view = view;
    this.redraw();
  }

  pan(dx: number, dy: number): void {
    this.moveTo({
      ...this.view,
      x: this.view.x - dx / this.view.scale,
      y: this.view.y - dy / this.view.scale,
    });
  }

  zoom(x: number, y: number, factor: number): void {
    this.moveTo(zoomAt(this.view, this.width, this.height, x, y, factor, this.limits));
  }

  /** Flies there, or jumps where motion is unwanted. */
  flyTo(target: View): void {
    if (calm.matches) {
      this.moveTo(target);
      return;
    }
    cancelAnimationFrame(this.#flight);
    const from = this.view;
    noteWork('flying', true);
    let start: number | null = null;
    const step = (now: number) => {
      // The first frame shows what was chosen where one looks now: points that stay are not drawn again for it.
      start ??= now;
      const t = Math.min(1, (now - start) / FLIGHT);
      if (t > 0) this.view = t === 1 ? target : between(from, target, t);
      this.redraw();
      if (t < 1) this.#flight = requestAnimationFrame(step);
      else noteWork('flying', false);
    };
    this.#flight = requestAnimationFrame(step);
  }

  /** Brings a point of the map into the free part of the stage when it lies outside. */
  reveal(x: number, y: number): void {
    const { margin, width, height, view } = this;
    const [sx, sy] = [this.screenX(x), this.screenY(y)];
    if (sx >= margin.left && sy >= margin.top && sx <= width - margin.right && sy <= height - margin.bottom)
      return;
    if (Number.isNaN(sx)) return;
    this.flyTo({
      ...view,
      x: x - (margin.left - margin.right) / 2 / view.scale,
      y: y - (margin.top - margin.bottom) / 2 / view.scale,
    });
  }

  flyHome(): void {
    this.flyTo({ ...this.#home });
  }

  /** Flies to where every point is seen next to the panels that are open now. */
  showEverything(): void {
    this.flyTo(this.#homeOf(this.width, this.height, 'to all panels').view);
  }

  /** Flies so that the box fills the free part of the stage. */
  flyToBox(box: Box): void {
    const pad = 0.15 * Math.max(box.right - box.left, box.bottom - box.top);
    const wide = {
      left: box.left - pad,
      top: box.top - pad,
      right: box.right + pad,
      bottom: box.bottom + pad,
    };
    this.flyTo(viewOf(wide, this.width, this.height, this.margin, this.#home.scale * 60));
  }

  redraw(): void {
    if (this.#frame !== 0) return;
    noteWork('drawing', true);
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
      noteWork('drawing', this.#frame !== 0);
    });
  }

  #draw(): void {
    if (this.width === 0) return;
    this.#drawContours();
    this.#renderer.draw(this.view, this.radius);
    const labels = this.#drawNames();
    const context = this.#over.getContext('2d')!;
    const ratio = window.devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    // Chromium 147 kept the old picture when a frame cleared the canvas and drew nothing: draw next to nothing.
    context.fillStyle = 'rgba(0, 0, 0, 0.01)';
    context.fillRect(0, 0, 1, 1);
    this.#drawLeaders(context, labels);
    for (const overlay of this.#overlays) overlay(context, this);
    for (const listener of this.#viewListeners) listener();
  }

  /** Names that stand at this zoom. */
  placeNames(scale = this.view.scale): Label[] {
    return this.#places.at(scale, this.#home.scale, this.#absent, this.#chosen);
  }

  /** The topic whose name stands under this pixel. */
  nameAt(x: number, y: number): MapTopic | undefined {
    return this.placeNames().find(({ topic, dx, dy, width, height }) => {
      const offX = x - this.screenX(topic.x) - dx;
      const offY = y - this.screenY(topic.y) - dy;
      return Math.abs(offX) <= width / 2 && Math.abs(offY) <= height / 2;
    })?.topic;
  }

  /** The colour of a topic's name. */
  colorOf(topic: MapTopic): string {
    return this.#colorOf(topic);
  }

  /** Whether the name of a topic is faint. */
  isQuiet(topic: number): boolean {
    return this.#quiet.has(topic);
  }

  #drawContours(): void {
    const context = this.#under.getContext('2d');
    if (!context || (this.contours.length === 0 && !this.#hasContours)) return;
    this.#hasContours = this.contours.length > 0;
    const ratio = window.devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    strokeContours(context, this.contours, this.screenX, this.screenY);
  }

  /** Lines from names to the places of their topics, where these lie outside the name. */
  #drawLeaders(context: CanvasRenderingContext2D, labels: readonly Label[]): void {
    context.lineWidth = 1;
    for (const label of labels) {
      const line = leader(label);
      if (!line) continue;
      const [x, y] = [this.screenX(label.topic.x), this.screenY(label.topic.y)];
      context.beginPath();
      context.moveTo(x + line[0], y + line[1]);
      context.lineTo(x, y);
      context.globalAlpha = this.isQuiet(label.topic.id) ? 0.3 : 0.75;
      context.strokeStyle = this.#colorOf(label.topic);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  #drawNames(): Label[] {
    const drawn = this.placeNames().flatMap((label) => {
      const x = this.screenX(label.topic.x) + label.dx;
      const y = this.screenY(label.topic.y) + label.dy;
      if (x < -150 || y < -40 || x > this.width + 150 || y > this.height + 40) return [];
      const { topic } = label;
      const look = {
        isFaint: this.#quiet.has(topic.id),
        isChosen: topic.id === this.#chosen?.id,
        color: this.#colorOf(topic),
      };
      return [{ label, x, y, ...look }];
    });
    this.#names.show(drawn);
    return drawn.map(({ label }) => label);
  }
}
