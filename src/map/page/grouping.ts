import type { Clustering } from '../../output/rows.js';
import { blockId, type Manifest } from '../format.js';
import { readBytes, readDecimals, readIntegers } from './blocks.js';

/** Themes, under these names, and nearest topics of rows, where the file has them; read when they are saved. */
export async function readGrouping(
  { levels }: Manifest,
  themes: Manifest['themes'],
): Promise<Partial<Clustering>> {
  if (!themes) return {};
  const ofThemes = levels.findIndex(({ isTheme }) => isTheme);
  const ownThemes = document.getElementById(blockId.themes) ? blockId.themes : blockId.level(ofThemes);
  const [labels, nearestTopics, nearestStrengths, assigned] = await Promise.all([
    readIntegers(ownThemes),
    readIntegers(blockId.nearestTopics),
    readDecimals(blockId.nearestStrengths),
    readBytes(blockId.assigned),
  ]);
  return { themes: labels, themeTopics: themes, nearestTopics, nearestStrengths, assigned };
}
