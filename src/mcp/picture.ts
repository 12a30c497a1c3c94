import { toSvg } from '../output/index.js';
import { ToolError } from './parameters.js';
import { tool } from './tool.js';
import { groupingOf, groupOf } from './topics.js';

/** Characters of a picture; with more, every second row is drawn, and so on. */
const MOST_SVG = 60_000;

const EDGE = { type: 'number', optional: true } as const;

export const pictureTools = [
  tool({
    name: 'map_svg',
    description:
      'The map as an SVG picture, or a part of it: one topic, or the rows between coordinates. Of many rows a sample is drawn.',
    parameters: {
      topic: { type: 'integer', minimum: 0, optional: true, description: 'only the rows of this topic' },
      left: { ...EDGE, description: 'least x of a region; rows have x and y in clusters.csv' },
      right: { ...EDGE, description: 'largest x' },
      bottom: { ...EDGE, description: 'least y' },
      top: { ...EDGE, description: 'largest y' },
      width: { type: 'integer', minimum: 100, maximum: 4000, default: 900, description: 'pixels' },
      height: { type: 'integer', minimum: 100, maximum: 4000, default: 700, description: 'pixels' },
    },
    call: async ({ run }, { topic, left, right, bottom, top, width, height }) => {
      if (topic !== undefined) groupOf(groupingOf(run, 'topics'), topic);
      const within = (value: number, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY) =>
        value >= least && value <= most;
      const rows = Array.from(run.filledRows).filter(
        (row) =>
          (topic === undefined || run.labels[row] === topic) &&
          within(run.points[2 * row], left, right) &&
          within(run.points[2 * row + 1], bottom, top),
      );
      if (rows.length === 0)
        throw new ToolError('no row is in this part of the map; leave topic or an edge out');
      for (let step = 1; ; step *= 2) {
        const drawn = rows.filter((_, at) => at % step === 0);
        const picture = {
          labels: Int32Array.from(drawn, (row) => run.labels[row]),
          points: Float32Array.from(drawn.flatMap((row) => [run.points[2 * row], run.points[2 * row + 1]])),
          topics: run.topics,
        };
        const svg = toSvg(picture, { width, height });
        if (svg.length <= MOST_SVG || drawn.length < 2) return svg;
      }
    },
  }),
];
