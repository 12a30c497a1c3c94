/** What the page of a comparison shows. */
export interface PageData {
  /** Of each map: x and y of every row, 0 to 1, or null; the topic of every row; names and colours by topic. */
  maps: [PageMap, PageMap];
  /** Row of the other map for each row of each map; −1 for none. */
  other: [number[], number[]];
  /** The beginning of each row's text. */
  texts: [string[], string[]];
}

interface PageMap {
  title: string;
  x: (number | null)[];
  y: (number | null)[];
  topic: number[];
  names: Record<string, string>;
  colors: Record<string, string>;
}

/**
 * Runs in the page: draws both maps, and shows the row under the pointer and the topic that was chosen in both. It is written into
 * the page as its own source text, so it may use nothing from outside.
 */
export function runComparison(): void {
  const source = document.getElementById('data');
  const data = JSON.parse(source?.textContent ?? '') as PageData;
  const status = document.getElementById('status');
  const canvases = [...document.querySelectorAll('canvas')];
  let hovered: [number, number] = [-1, -1];
  let chosen: [number | null, number | null] = [null, null];
  const NOISE = '#b9b9b4';

  const draw = (side: 0 | 1) => {
    const canvas = canvases[side];
    const context = canvas.getContext('2d');
    if (!context) return;
    const scale = window.devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * scale;
    canvas.height = canvas.clientHeight * scale;
    const { x, y, topic, colors } = data.maps[side];
    const radius = Math.max(1.2, Math.min(3.5, 60 / Math.sqrt(x.length))) * scale;
    const place = (row: number): [number, number] => [
      (0.02 + 0.96 * (x[row] ?? 0)) * canvas.width,
      (0.02 + 0.96 * (1 - (y[row] ?? 0))) * canvas.height,
    ];
    for (let row = 0; row < x.length; row++) {
      if (x[row] === null) continue;
      const [left, top] = place(row);
      const isFaint = chosen[side] !== null && topic[row] !== chosen[side];
      context.globalAlpha = isFaint ? 0.12 : topic[row] < 0 ? 0.5 : 0.9;
      context.fillStyle = colors[topic[row]] ?? NOISE;
      context.beginPath();
      context.arc(left, top, radius, 0, 7);
      context.fill();
    }
    context.globalAlpha = 1;
    const at = hovered[side];
    if (at >= 0 && x[at] !== null) {
      const [left, top] = place(at);
      context.lineWidth = 2 * scale;
      context.strokeStyle = '#111111';
      context.beginPath();
      context.arc(left, top, 3 * radius + 3 * scale, 0, 7);
      context.stroke();
    }
  };
  const drawBoth = () => {
    draw(0);
    draw(1);
  };

  const nameOf = (side: 0 | 1, row: number) =>
    row < 0 ? 'not in this run' : (data.maps[side].names[data.maps[side].topic[row]] ?? 'in no topic');
  const show = (side: 0 | 1, row: number) => {
    const other = row < 0 ? -1 : data.other[side][row];
    hovered = side === 0 ? [row, other] : [other, row];
    if (status) {
      status.textContent =
        row < 0
          ? 'Point at a row to see it in both maps; choose a topic in the table to see its rows.'
          : `${nameOf(0, hovered[0])}  |  ${nameOf(1, hovered[1])}  |  ${data.texts[side][row]}`;
    }
    drawBoth();
  };

  for (const [at, canvas] of canvases.entries()) {
    const side = at as 0 | 1;
    const { x, y } = data.maps[side];
    canvas.addEventListener('pointermove', (event) => {
      const box = canvas.getBoundingClientRect();
      const left = ((event.clientX - box.left) / box.width - 0.02) / 0.96;
      const top = 1 - ((event.clientY - box.top) / box.height - 0.02) / 0.96;
      let nearest = -1;
      let least = 0.0006;
      for (let row = 0; row < x.length; row++) {
        const distance = ((x[row] ?? 9) - left) ** 2 + ((y[row] ?? 9) - top) ** 2;
        if (distance < least) {
          least = distance;
          nearest = row;
        }
      }
      if (nearest !== hovered[side]) show(side, nearest);
    });
    canvas.addEventListener('pointerleave', () => show(side, -1));
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-a]')) {
    button.addEventListener('click', () => {
      const isOn = button.getAttribute('aria-pressed') === 'true';
      for (const each of document.querySelectorAll('button[data-a]'))
        each.setAttribute('aria-pressed', 'false');
      button.setAttribute('aria-pressed', String(!isOn));
      const idOf = (text: string | undefined) => (text === undefined || text === '' ? -2 : Number(text));
      chosen = isOn ? [null, null] : [idOf(button.dataset.a), idOf(button.dataset.b)];
      drawBoth();
    });
  }
  window.addEventListener('resize', drawBoth);
  show(0, -1);
}
