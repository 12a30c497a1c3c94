import type { Option, OptionTable } from './option.js';
import { splitPath } from './resolve.js';
import { type OptionStage, type Settings, STAGES } from './table.js';

type Reported = string | number | boolean | null;

/** Options as they were used, by their paths, for clusters.json and report.md: those that can change a result. */
export function reportedOptions(settings: Settings): Record<string, Reported> {
  const reported: Record<string, Reported> = {};
  for (const [stage, table] of Object.entries(STAGES) as [OptionStage, OptionTable][]) {
    const values = settings[stage] as Record<string, unknown> | undefined;
    if (values === undefined) continue;
    for (const [path, record] of Object.entries(table)) {
      if (isReported(record)) reported[path] = written(values[splitPath(path).name]);
    }
  }
  return reported;
}

export const isReported = ({ reported, secret, flag }: Option): boolean =>
  reported !== false && !secret && flag !== false;

function written(value: unknown): Reported {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (!Array.isArray(value)) return 'given';
  // Given topics are objects with a name.
  return value.map((part) => (typeof part === 'object' ? String(Object(part).name) : part)).join(', ');
}
