import { counted, percentOf } from '../counted.js';
import type { RunFacts } from '../output/run-facts.js';
import { safeLine } from './terminal.js';

/** A line for each topic that the caller named: its name, its rows, and how sure these are of it. */
export function givenLines({ given, rows }: Pick<RunFacts, 'given' | 'rows'>): string[] {
  if (given === undefined || given.length === 0) return [];
  const width = Math.max(...given.map(({ name }) => [...safeLine(name)].length));
  const lines = given.map(({ name, rows: own, sure, leastSure }) => {
    const shown = safeLine(name);
    const start = `  ${shown}${' '.repeat(width - [...shown].length)}  `;
    if (own === 0) return `${start}no row is near enough`;
    return `${start}${counted(own, 'row')} (${percentOf(own, rows)}), ${sure.toFixed(2)} sure at the median, ${leastSure.toFixed(2)} or less in the least sure tenth`;
  });
  return ['Given topics:', ...lines];
}
