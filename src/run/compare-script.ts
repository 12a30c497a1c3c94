/** What the page of a comparison shows. */
export interface PageData {
  maps: [PageMap, PageMap];
  /** Row of the other map for each row of each map; −1 for none. */
  other: [number[], number[]];
  /** The beginning of each row's text. */
  texts: [string[], string[]];
  /** For each topic of each map the topics of the other that are shown with it. */
  partners: [Record<string, number[]>, Record<string, number[]>];
}

export interface PageMap {
  /** Of every row, 0 to 1, or null. */
  x: (number | null)[];
  y: (number | null)[];
  /** Topic of every row; −1 for none. */
  topic: number[];
  /** By topic. */
  names: Record<string, string>;
  colors: Record<string, string>;
}

/**
 * Runs in the page: draws both maps, and shows the row under the pointer and the topics that were chosen in both. It is written into
 * the page as its own source text, so it may use nothing from outside.
 */
export function runComparison(): void {
  type Side = 0 | 1;
  const source = document.getElementById('data');
  const data = JSON.parse(source?.textContent ?? '') as PageData;
  const status = document.getElementById('status');
  const canvases = [...document.querySelectorAll('canvas')];
  const buttons = [...document.querySelectorAll<HTMLButtonElement>('button[data-a]')];
  let hovered: [number, number] = [-1, -1];
  /** Chosen topics of each map; undefined where nothing is chosen. */
  let chosen: [Set<number>, Set<number>] | undefined;
  const NOISE = '#b9b9b4';
  /** Share of a map that stays free at each edge. */
  const EDGE = 0.03;
  /** Pixels around a row within which the pointer finds it. */
  const REACH = 14;

  const otherSide = (side: Side): Side => (side === 0 ? 1 : 0);
  /** A square in the middle of a canvas, so that both axes have one scale. */
  const square = (width: number, height: number) => {
    const size = Math.min(width, height) * (1 - 2 * EDGE);
    return { size, left: (width - size) / 2, top: (height - size) / 2 };
  };
  const placeIn = (side: Side, row: number, width: number, height: number): [number, number] | undefined => {
    const [x, y] = [data.maps[side].x[row], data.maps[side].y[row]];
    if (x === null || y === null) return undefined;
    const { size, left, top } = square(width, height);
    return [left + x * size, top + (1 - y) * size];
  };

  /** How a row is drawn: filled where its topic is chosen, as a ring where only its topic in the other map is. */
  const looks = (side: Side, row: number): 'plain' | 'ring' | 'faint' => {
    if (!chosen || chosen[side].has(data.maps[side].topic[row])) return 'plain';
    const other = data.other[side][row];
    const isRing = other >= 0 && chosen[otherSide(side)].has(data.maps[otherSide(side)].topic[other]);
    return isRing ? 'ring' : 'faint';
  };

  const draw = (side: Side) => {
    const canvas = canvases[side];
    const context = canvas.getContext('2d');
    if (!context) return;
    const scale = window.devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * scale;
    canvas.height = canvas.clientHeight * scale;
    const { x, topic, colors } = data.maps[side];
    const radius = Math.max(1.2, Math.min(3.5, 60 / Math.sqrt(x.length))) * scale;
    const circle = (row: number, size: number): boolean => {
      const place = placeIn(side, row, canvas.width, canvas.height);
      if (!place) return false;
      context.beginPath();
      context.arc(place[0], place[1], size, 0, 7);
      return true;
    };
    // Rows of chosen topics are drawn above the others.
    for (const look of ['faint', 'ring', 'plain'] as const) {
      for (let row = 0; row < x.length; row++) {
        if (looks(side, row) !== look || !circle(row, radius)) continue;
        const color = colors[topic[row]] ?? NOISE;
        context.globalAlpha = look === 'faint' ? 0.12 : topic[row] < 0 ? 0.6 : 0.9;
        if (look === 'ring') {
          context.lineWidth = 1.2 * scale;
          context.strokeStyle = topic[row] < 0 ? '#6d6d68' : color;
          context.stroke();
        } else {
          context.fillStyle = color;
          context.fill();
        }
      }
    }
    context.globalAlpha = 1;
    if (hovered[side] >= 0 && circle(hovered[side], 3 * radius + 3 * scale)) {
      context.lineWidth = 2 * scale;
      context.strokeStyle = '#111111';
      context.stroke();
    }
  };
  const drawBoth = () => {
    draw(0);
    draw(1);
  };

  const nameOf = (side: Side, row: number): string => {
    if (row < 0) return 'not in this run';
    const topic = data.maps[side].topic[row];
    return topic < 0 ? 'in no topic' : `${topic} ${data.maps[side].names[topic]}`;
  };
  const namesOf = (side: Side): string =>
    [...(chosen?.[side] ?? [])].map((id) => `${id} ${data.maps[side].names[id]}`).join('; ') || 'none';
  const say = (lines: string[]) => {
    status?.replaceChildren(
      ...lines.map((line) => {
        const paragraph = document.createElement('p');
        paragraph.textContent = line;
        return paragraph;
      }),
    );
  };
  const sayChosen = () => {
    say(
      chosen
        ? [
            `First: ${namesOf(0)}`,
            `Second: ${namesOf(1)}`,
            'Rings: rows of the topics in the other run that are in other topics here, or in none. Escape shows all.',
          ]
        : ['Point at a row to see it in both maps; choose a row or a line of the tables to see its topics.'],
    );
  };
  const show = (side: Side, row: number) => {
    const other = row < 0 ? -1 : data.other[side][row];
    hovered = side === 0 ? [row, other] : [other, row];
    if (row < 0) sayChosen();
    else say([`First: ${nameOf(0, hovered[0])}`, `Second: ${nameOf(1, hovered[1])}`, data.texts[side][row]]);
    drawBoth();
  };
  const choose = (next: [number[], number[]] | undefined, pressed?: HTMLButtonElement) => {
    chosen = next && [new Set(next[0]), new Set(next[1])];
    for (const each of buttons) each.setAttribute('aria-pressed', String(each === pressed));
    hovered = [-1, -1];
    sayChosen();
    drawBoth();
  };

  /** The row nearest to the pointer; −1 where none is near. */
  const rowAt = (side: Side, event: MouseEvent): number => {
    const box = canvases[side].getBoundingClientRect();
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    let nearest = -1;
    let least = REACH * REACH;
    for (let row = 0; row < data.maps[side].x.length; row++) {
      const place = placeIn(side, row, box.width, box.height);
      if (!place) continue;
      const distance = (place[0] - left) ** 2 + (place[1] - top) ** 2;
      if (distance < least) {
        least = distance;
        nearest = row;
      }
    }
    return nearest;
  };
  for (const [at, canvas] of canvases.entries()) {
    const side = at as Side;
    canvas.addEventListener('pointermove', (event) => {
      const row = rowAt(side, event);
      if (row !== hovered[side]) show(side, row);
    });
    canvas.addEventListener('pointerleave', (event) => {
      // A finger that is lifted leaves the row shown.
      if (event.pointerType === 'mouse') show(side, -1);
    });
    canvas.addEventListener('click', (event) => {
      const row = rowAt(side, event);
      const topic = row < 0 ? -1 : data.maps[side].topic[row];
      if (topic < 0 || chosen?.[side].has(topic)) choose(undefined);
      else {
        const others = data.partners[side][topic] ?? [];
        choose(side === 0 ? [[topic], others] : [others, [topic]]);
      }
      if (row >= 0) show(side, row);
    });
  }
  const idsOf = (text = ''): number[] => (text === '' ? [] : text.split(' ').map(Number));
  for (const button of buttons) {
    button.addEventListener('click', () => {
      const isOn = button.getAttribute('aria-pressed') === 'true';
      if (isOn) choose(undefined);
      else choose([idsOf(button.dataset.a), idsOf(button.dataset.b)], button);
    });
  }
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') choose(undefined);
  });
  window.addEventListener('resize', drawBoth);
  choose(undefined);
}
