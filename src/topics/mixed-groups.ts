import type { Topic } from '../shapes.js';
import { isMixedName, mixedName, NAME_WORDS, nameKey } from './names.js';

/**
 * Groups of topics whose texts are of all kinds and have one word in common at most ("Mixed: Earth"), named by what their largest topics are about:
 * "Mixed: planet, dog, Christmas". A group with fewer than two such topics keeps its name.
 * @param parents the group of each topic, by its id; −1 for none
 */
export function nameMixedByTopics(groups: Topic[], topics: Topic[], parents: Int32Array): Topic[] {
  return groups.map((group) => {
    if (!isMixedName(group.name) || hasWords(group.name)) return group;
    const within = topics.filter(({ id, name }) => parents[id] === group.id && !isMixedName(name));
    const parts = new Map<string, string>();
    for (const { keywords } of within.toSorted((a, b) => b.size - a.size || a.id - b.id)) {
      const [first] = keywords;
      if (parts.size < NAME_WORDS && !parts.has(nameKey(first))) parts.set(nameKey(first), first);
    }
    return parts.size < 2 ? group : { ...group, name: mixedName([...parts.values()].join(', ')) };
  });
}

/** Whether the name of a mixed group has several words that its texts have in common, not a text in quotation marks. */
const hasWords = (name: string): boolean => name.includes(', ') && !name.includes('“');
