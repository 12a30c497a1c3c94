import type { Topic } from '../shapes.js';
import { isMixedName, mixedName, NAME_WORDS, nameKey, nameOf, wordsOfMixed } from './names.js';

/**
 * Names of groups of topics whose texts are of all kinds. Broad groups often are, and their topics are shown with them: several words that
 * their texts have in common are a name by themselves ("Mixed: murder, crime" as "Murder, crime"). A group with one such word at most is
 * named by what its largest topics are about ("Mixed: Earth" as "Mixed: planet, dog, Christmas"). A group with fewer than two
 * topics that are not mixed keeps its name.
 * @param parents the group of each topic, by its id; −1 for none
 */
export function nameMixedByTopics(groups: Topic[], topics: Topic[], parents: Int32Array): Topic[] {
  const taken = new Set(groups.map(({ name }) => nameKey(name)));
  return groups.map((group) => {
    if (!isMixedName(group.name)) return group;
    const within = topics.filter(({ id, name }) => parents[id] === group.id && !isMixedName(name));
    const largest = firstKeywords(within.toSorted((a, b) => b.size - a.size || a.id - b.id));
    if (largest.length < 2) return group;
    const words = wordsOfMixed(group.name);
    const name = words.length > 1 ? nameOf(words) : mixedName(largest.join(', '));
    if (taken.has(nameKey(name))) return group;
    taken.add(nameKey(name));
    return { ...group, name };
  });
}

/** The first keyword of the first few topics, each once. */
function firstKeywords(topics: Topic[]): string[] {
  const found = new Map<string, string>();
  for (const {
    keywords: [first],
  } of topics) {
    if (found.size < NAME_WORDS && !found.has(nameKey(first))) found.set(nameKey(first), first);
  }
  return [...found.values()];
}
