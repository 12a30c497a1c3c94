import type { MapData } from '../../src/map/map.js';

/** Texts that a careless page would run, break on, or lose. */
export const HOSTILE = [
  '</script><img src=x onerror="document.title=\'owned\'">',
  '<script>document.title="owned"</script>',
  '<!--<script>',
  '"><svg onload=document.title="owned">',
  '&lt;b&gt;not an entity&amp;',
  'line\u2028separator\u2029paragraph',
  'lone \ud83d high and \udc00 low',
  '\u202eright to left override\u202c and \u200f mark',
  'null \u0000 byte, bell \u0007, escape \u001b[31m',
  "javascript:alert(1) ' onmouseover=alert(1) x='",
  '\ufeffbyte order mark first',
  '{{7*7}} <%= 7*7 %> %3Cscript%3E',
  'العربية والعبرية עברית mixed with Latin',
  '漢字とかな交じりの文、한국어 그리고 हिन्दी',
  '👩‍👩‍👧‍👦 family, e\u0301 combining, ﬁ ligature',
  'x'.repeat(1_000_000),
  '',
];

/** A map whose every string is hostile: texts, columns, names, title, footer. */
export function hostileMap(): MapData {
  const rows = HOSTILE.length;
  const labels = Int32Array.from(HOSTILE, (_, i) => i % 3);
  return {
    title: HOSTILE[0],
    rows,
    // A coarse grid, so that each point can be hovered by itself.
    points: Float32Array.from({ length: 2 * rows }, (_, i) =>
      i % 2 === 0 ? (i >> 1) % 5 : Math.floor((i >> 1) / 5),
    ),
    labels,
    probabilities: new Float64Array(rows).fill(1),
    outlierScores: new Float64Array(rows),
    texts: HOSTILE,
    columns: [
      { name: HOSTILE[1], values: HOSTILE.slice() },
      { name: '</script>', values: HOSTILE.map((_, i) => HOSTILE[i % 2]) },
    ],
    topics: [0, 1, 2].map((id) => ({
      id,
      size: labels.filter((label) => label === id).length,
      persistence: 0.5,
      keywords: [HOSTILE[0], HOSTILE[1]],
      name: HOSTILE[id],
      exemplars: [id],
    })),
    footer: [{ label: HOSTILE[3], value: HOSTILE[0] }],
  };
}
