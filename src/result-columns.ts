/** Kind of the values in a column. */
export type ResultKind = 'integer' | 'number' | 'text' | 'boolean';

/** What a run finds for each row, under the names that clusters.csv has for it. */
export const RESULT_COLUMNS = {
  topic: 'integer',
  topic_name: 'text',
  probability: 'number',
  x: 'number',
  y: 'number',
  outlier_score: 'number',
  theme: 'integer',
  theme_name: 'text',
  nearest_topic: 'integer',
  nearest_strength: 'number',
  assigned: 'boolean',
} as const satisfies Record<string, ResultKind>;

export type ResultColumn = keyof typeof RESULT_COLUMNS;

const isResultColumn = (name: string): name is ResultColumn => Object.hasOwn(RESULT_COLUMNS, name);

/** A field of a collection and the result that it receives. */
export interface Target {
  field: string;
  column: ResultColumn;
}

/**
 * Reads `topic,label=topic_name`: a field by itself receives the result of the same name, or the topic where no result
 * has its name; after `=` stands another result's name.
 *
 * @returns undefined where a part is none of these, or a field is named twice
 */
export function readTargets(given: string | readonly string[]): Target[] | undefined {
  const targets: Target[] = [];
  for (const part of [given].flat().flatMap((text) => text.split(','))) {
    const [field, column, ...more] = part.split('=').map((name) => name.trim());
    const result = column ?? (isResultColumn(field) ? field : 'topic');
    if (field === '' || more.length > 0 || !isResultColumn(result)) return undefined;
    if (targets.some((target) => target.field === field)) return undefined;
    targets.push({ field, column: result });
  }
  return targets;
}
