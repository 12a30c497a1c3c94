import type { PlacedTopic } from '../format.js';
import type { Placed } from './place.js';
import type { Box } from './view.js';

/** A topic, theme or group on the map. Ids are unique over all groupings of the page. */
export interface MapTopic extends Omit<PlacedTopic, 'place'> {
  /** Where its name stands, in map units: the densest part of its texts. NaN without a place. */
  x: number;
  y: number;
  /** Where nearly all of its texts lie. */
  box: Box;
}

/** What the groups of a grouping are called. */
export type Kind = 'topic' | 'theme' | 'group';

/** A grouping of the texts to show: the topics, or a level above them. */
export interface Cut {
  kind: Kind;
  /** Id of each row's group; -1 is none. */
  labels: Int32Array;
  /** Largest first. */
  topics: MapTopic[];
  byId: Map<number, MapTopic>;
  /** Rows in no group. */
  noise: number;
}

/** A grouping with its groups placed on the map. `firstId` is added to the ids of the file. */
export function makeCut(
  kind: Kind,
  placed: Pick<Placed, 'mapX' | 'mapY'>,
  labels: Int32Array,
  groups: readonly PlacedTopic[],
  firstId = 0,
): Cut {
  const topics = groups
    .map(({ place, id, ...group }): MapTopic => {
      const extent = place?.extent ?? {
        left: Number.NaN,
        right: Number.NaN,
        low: Number.NaN,
        high: Number.NaN,
      };
      return {
        ...group,
        id: firstId + id,
        x: placed.mapX(place?.x ?? Number.NaN),
        y: placed.mapY(place?.y ?? Number.NaN),
        box: {
          left: placed.mapX(extent.left),
          right: placed.mapX(extent.right),
          top: placed.mapY(extent.high),
          bottom: placed.mapY(extent.low),
        },
      };
    })
    .sort((a, b) => b.size - a.size || a.id - b.id);
  let noise = 0;
  for (const label of labels) if (label < 0) noise++;
  return {
    kind,
    labels: firstId === 0 ? labels : labels.map((label) => (label < 0 ? -1 : firstId + label)),
    topics,
    byId: new Map(topics.map((topic) => [topic.id, topic])),
    noise,
  };
}
