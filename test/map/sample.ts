import type { MapData } from '../../src/map/map.js';

/** Five beats with five topics each, and words that their headlines are made of. */
const BEATS: Record<string, Record<string, string>> = {
  Business: {
    'Oil prices': 'crude barrel opec supply futures refinery export drilling tanker brent',
    'Airline bankruptcy': 'airline pilots carrier bankruptcy fares pension union flights wages fleet',
    'Interest rates': 'fed inflation rates economists recovery jobs bond yields dollar deficit',
    'Drug recall': 'drugmaker recall painkiller regulators shares lawsuit patients trial dose heart',
    'Retail sales': 'retailers shoppers stores holiday discount sales chains quarter toys outlook',
  },
  World: {
    'Peace talks': 'ceasefire envoy talks border troops militants truce negotiators rebels mandate',
    'Elections abroad':
      'ballot voters opposition parliament coalition runoff turnout observers candidate poll',
    'Hurricane season': 'hurricane coast evacuation storm winds flooding shelters landfall damage gulf',
    'Nuclear inspections':
      'uranium inspectors enrichment reactor sanctions agency treaty plutonium diplomats deadline',
    'Refugee relief': 'refugees camp aid famine convoy donors displaced agencies drought relief',
  },
  'Sci/Tech': {
    'Search engines': 'google search engine index portal advertising desktop queries ranking yahoo',
    'Space flight': 'nasa shuttle orbit spacecraft launch astronauts rover saturn probe telescope',
    'Computer viruses': 'worm virus patch security hackers exploit firewall microsoft spyware flaw',
    'Mobile phones': 'handset nokia carriers wireless camera broadband roaming networks smartphone spectrum',
    'Stem cells': 'stem cells embryos researchers cloning genes biologists laboratory tissue therapy',
  },
  Sports: {
    Baseball: 'yankees innings pitcher homer playoffs sox bullpen shortstop astros pennant',
    'Olympic medals': 'medal olympics relay sprinter athens gold swimmer gymnast record heat',
    Tennis: 'tennis seed wimbledon serve baseline doubles federer roddick volley court',
    Football: 'quarterback touchdown yards receiver kickoff defense coach linebacker fumble league',
    'Formula One': 'ferrari grand prix schumacher qualifying lap pole circuit podium pit driver',
  },
  Culture: {
    'Film festivals': 'film director premiere festival actress screening jury studio cannes sequel',
    'Music charts': 'album singer chart band concert label tour single downloads grammy',
    'Museum heists': 'painting museum thieves munch gallery stolen canvas curator masterpiece police',
    'Book prizes': 'novel author prize shortlist publisher booker memoir critics poet fiction',
    'Television ratings': 'viewers ratings sitcom network episode broadcast finale reality anchor cable',
  },
};

const FRAMES = [
  (w: string[]) =>
    `${w[0]} ${w[1]} up as ${w[2]} looms\nAnalysts said the ${w[3]} and the ${w[4]} would weigh on ${w[5]} for weeks.`,
  (w: string[]) =>
    `New ${w[0]} puts ${w[1]} under pressure\nThe ${w[2]} came after days of talk about ${w[3]}, ${w[4]} and a ${w[5]}.`,
  (w: string[]) =>
    `${w[0]}, ${w[1]} and the question of ${w[2]}\nOfficials gave no date for the ${w[3]}; the ${w[4]} goes on.`,
  (w: string[]) =>
    `Why ${w[0]} fears the ${w[1]}\nA report on Tuesday found that ${w[2]} ${w[3]} had doubled, and with it the ${w[4]}.`,
  (w: string[]) =>
    `${w[0]} set for ${w[1]} test\nIt is the third ${w[2]} this year, and the ${w[3]} has changed with every ${w[4]}.`,
];

/** A small seeded generator (mulberry32), so that every run draws the same map. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Headlines in 25 topics of 5 beats, with places, a condensed tree (root, beats, topics), neighbours on the map
 * and three columns: a date, a category and a number. About 15 % is noise. With `levels` there are two above the topics,
 * of which the beats, as themes, hold every row. Without `neighbors` it is made in half the time.
 */
export function sampleMap(
  rows: number,
  {
    seed = 7,
    topicsOnly = 25,
    levels = false,
    neighbors = true,
  }: { seed?: number; topicsOnly?: number; levels?: boolean; neighbors?: boolean } = {},
): MapData {
  const random = seeded(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const beats = Object.entries(BEATS);
  const kinds = beats
    .flatMap(([beat, topics], b) =>
      Object.entries(topics).map(([name, words], t) => ({ beat, b, t, name, words: words.split(' ') })),
    )
    .slice(0, topicsOnly);
  const beatCount = new Set(kinds.map((kind) => kind.b)).size;
  // Topics of very different sizes and shapes, as real ones are.
  const shapes = kinds.map(({ b, t }) => {
    const turn = (2 * Math.PI * b) / beats.length + 0.3;
    const own = (2 * Math.PI * t) / 5 + b;
    return {
      x: 9 * Math.cos(turn) + 3.3 * Math.cos(own) * (0.8 + 0.4 * random()),
      y: 7 * Math.sin(turn) + 2.9 * Math.sin(own) * (0.8 + 0.4 * random()),
      width: 0.35 + 0.75 * random(),
      height: 0.25 + 0.5 * random(),
      tilt: Math.PI * random(),
      share: 0.3 + random() * random() * 3,
    };
  });
  const shares = shapes.reduce((sum, { share }) => sum + share, 0);
  const points = new Float32Array(2 * rows);
  const kindOf = new Int32Array(rows);
  const probabilities = new Float64Array(rows);
  const outlierScores = new Float64Array(rows);
  const texts: string[] = [];
  const dates: string[] = [];
  const sections: string[] = [];
  const lengths: number[] = [];
  const capital = (word: string) => word[0].toUpperCase() + word.slice(1);
  for (let i = 0; i < rows; i++) {
    const noise = random() < 0.15;
    let pick = random() * shares;
    let k = 0;
    while (k < kinds.length - 1 && pick > shapes[k].share) pick -= shapes[k++].share;
    const kind = kinds[k];
    const shape = shapes[k];
    const along = normal() * shape.width;
    const across = normal() * shape.height + 0.25 * along * along;
    const far = noise ? 2.6 : 1;
    points[2 * i] =
      shape.x + far * (Math.cos(shape.tilt) * along - Math.sin(shape.tilt) * across) + (noise ? normal() : 0);
    points[2 * i + 1] =
      shape.y + far * (Math.sin(shape.tilt) * along + Math.cos(shape.tilt) * across) + (noise ? normal() : 0);
    kindOf[i] = noise ? -1 : k;
    const distance = Math.hypot(along / shape.width, across / shape.height);
    probabilities[i] = noise ? 0 : Math.max(0.05, Math.min(1, 1.15 - 0.3 * distance));
    outlierScores[i] = noise ? 0.5 + 0.5 * random() : Math.min(0.9, 0.2 * distance);
    const words = Array.from({ length: 6 }, () => {
      const from = noise ? kinds[Math.floor(random() * kinds.length)] : kind;
      return from.words[Math.floor(random() * from.words.length)];
    });
    words[0] = capital(words[0]);
    texts.push(FRAMES[Math.floor(random() * FRAMES.length)](words));
    const day = Math.floor(365 * Math.min(0.999, Math.max(0, 0.15 + 0.17 * kind.b + 0.12 * normal())));
    dates.push(new Date(Date.UTC(2004, 0, 1 + day)).toISOString().slice(0, 10));
    sections.push(kind.beat);
    lengths.push(texts[i].length);
  }

  // Labels by size, largest first.
  const sizes = new Int32Array(kinds.length);
  for (const k of kindOf) if (k >= 0) sizes[k]++;
  const order = kinds.map((_, k) => k).sort((a, b) => sizes[b] - sizes[a] || a - b);
  const labelOf = new Int32Array(kinds.length);
  order.forEach((k, label) => {
    labelOf[k] = label;
  });
  const labels = kindOf.map((k) => (k < 0 ? -1 : labelOf[k]));

  // The tree as hdbscan numbers it: lines of rows, of beats, of topics; rows is the root. Noise leaves at the root.
  const parent: number[] = [];
  const child: number[] = [];
  const lambda: number[] = [];
  const size: number[] = [];
  const push = (p: number, c: number, l: number, s: number) => {
    parent.push(p);
    child.push(c);
    lambda.push(l);
    size.push(s);
  };
  const beatNode = (b: number) => rows + 1 + b;
  const topicNode = (k: number) => rows + 1 + beatCount + k;
  for (let i = 0; i < rows; i++) {
    if (kindOf[i] < 0) push(rows, i, 0.5 + 0.4 * random(), 1);
    else push(topicNode(kindOf[i]), i, 1.6 + 0.02 * kindOf[i] + 2.4 * probabilities[i], 1);
  }
  for (let b = 0; b < beatCount; b++)
    push(
      rows,
      beatNode(b),
      1,
      kinds.reduce((sum, kind, k) => sum + (kind.b === b ? sizes[k] : 0), 0),
    );
  for (let k = 0; k < kinds.length; k++) push(beatNode(kinds[k].b), topicNode(k), 1.6 + 0.02 * k, sizes[k]);

  return {
    title: `${rows.toLocaleString('en')} headlines of 2004`,
    rows,
    points,
    labels,
    probabilities,
    outlierScores,
    texts,
    columns: [
      { name: 'section', values: sections },
      { name: 'date', values: dates },
      { name: 'length', values: lengths },
    ],
    topics: order.map((k, id) => ({
      id,
      size: sizes[k],
      persistence: Math.round(100 * (0.2 + 0.7 * (1 - k / kinds.length))) / 100,
      keywords: kinds[k].words.slice(0, 6),
      name: kinds[k].name,
      exemplars: firstRows(labels, id, 3),
    })),
    tree: {
      parent: Int32Array.from(parent),
      child: Int32Array.from(child),
      lambda: Float64Array.from(lambda),
      size: Int32Array.from(size),
    },
    neighbors: neighbors ? nearby(points, rows, 6) : undefined,
    levels: levels ? levelsOf(sections) : undefined,
    footer: [
      { label: 'denscape', value: '0.1.0' },
      { label: 'Seed', value: '42' },
      { label: 'Exactness', value: 'certified: the tree is the one of all distances' },
    ],
  };
}

/** Two levels: the beats, which are themes, and two groups of beats. */
function levelsOf(sections: string[]): NonNullable<MapData['levels']> {
  const grouped = (groupOf: (section: string) => string, isTheme: boolean) => {
    const sizes = new Map<string, number>();
    for (const section of sections) sizes.set(groupOf(section), (sizes.get(groupOf(section)) ?? 0) + 1);
    const names = [...sizes.keys()].sort((a, b) => sizes.get(b)! - sizes.get(a)!);
    const labels = Int32Array.from(sections, (section) => names.indexOf(groupOf(section)));
    const groups = names.map((name, id) => ({
      ...{ id, size: sizes.get(name)!, persistence: 0, keywords: [name], name },
      exemplars: firstRows(labels, id, 3),
    }));
    return { groups, labels, isTheme };
  };
  const coarse = (section: string) => (['Sports', 'Culture'].includes(section) ? 'Leisure' : 'Affairs');
  return [grouped((section) => section, true), grouped(coarse, false)];
}

function firstRows(labels: Int32Array, id: number, most: number): number[] {
  const rows: number[] = [];
  for (let i = 0; i < labels.length && rows.length < most; i++) if (labels[i] === id) rows.push(i);
  return rows;
}

/** The nearest of those near in x: close enough to a neighbour list for a sample. */
function nearby(points: Float32Array, rows: number, neighbors: number): NonNullable<MapData['neighbors']> {
  const indices = new Int32Array(rows * neighbors).fill(-1);
  const distances = new Float32Array(rows * neighbors).fill(Infinity);
  const byX = Array.from({ length: rows }, (_, i) => i).sort((a, b) => points[2 * a] - points[2 * b]);
  const reach = 40;
  for (let at = 0; at < rows; at++) {
    const i = byX[at];
    const near: [number, number][] = [];
    for (let o = Math.max(0, at - reach); o <= Math.min(rows - 1, at + reach); o++) {
      const j = byX[o];
      if (j !== i)
        near.push([Math.hypot(points[2 * i] - points[2 * j], points[2 * i + 1] - points[2 * j + 1]), j]);
    }
    near.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    for (let s = 0; s < Math.min(neighbors, near.length); s++) {
      distances[i * neighbors + s] = near[s][0];
      indices[i * neighbors + s] = near[s][1];
    }
  }
  return { indices, distances, rows, neighbors };
}
