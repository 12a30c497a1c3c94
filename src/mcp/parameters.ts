import { show } from '../options/resolve.js';

/** One parameter of a tool, as its JSON schema says it. */
interface Parameter {
  type: 'integer' | 'number' | 'string';
  description: string;
  minimum?: number;
  maximum?: number;
  enum?: readonly string[];
  /** The value where it is left out; one without is required unless `optional`. */
  default?: number | string;
  optional?: true;
}

export type Parameters = Readonly<Record<string, Parameter>>;

type Type<P extends Parameter> = P['type'] extends 'string' ? string : number;

/** What a tool is called with: every parameter checked and decided. */
export type Values<P extends Parameters> = {
  [N in keyof P]: P[N] extends { optional: true } ? Type<P[N]> | undefined : Type<P[N]>;
};

/** A mistake of the caller; its message goes to the model, which can mend it. */
export class ToolError extends Error {}

export const PAGE: { offset: Parameter & { default: number }; limit: Parameter & { default: number } } = {
  offset: {
    type: 'integer',
    minimum: 0,
    default: 0,
    description: 'how many to skip: next_offset of the page before',
  },
  limit: { type: 'integer', minimum: 1, maximum: 100, default: 20, description: 'most entries of a page' },
};

const LONGEST = 2000;

export function schemaOf(parameters: Parameters): Record<string, unknown> & { type: 'object' } {
  const properties = Object.fromEntries(
    Object.entries(parameters).map(([name, { optional, ...schema }]) => [
      name,
      schema.type === 'string' ? { ...schema, maxLength: LONGEST } : schema,
    ]),
  );
  const required = Object.keys(parameters).filter(
    (name) => parameters[name].default === undefined && !parameters[name].optional,
  );
  return { type: 'object', properties, required, additionalProperties: false };
}

/** @throws ToolError, one line, for what the schema does not allow. */
export function readValues<P extends Parameters>(parameters: P, given: Record<string, unknown>): Values<P> {
  for (const name of Object.keys(given)) {
    if (name in parameters) continue;
    throw new ToolError(
      `there is no parameter ${show(name)}; known: ${Object.keys(parameters).join(', ') || 'none'}`,
    );
  }
  const entries = Object.entries(parameters).map(([name, parameter]) => [
    name,
    readValue(name, parameter, given[name] ?? undefined),
  ]);
  return Object.fromEntries(entries) as Values<P>;
}

function readValue(name: string, parameter: Parameter, value: unknown): unknown {
  const { type, minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = parameter;
  if (value === undefined) {
    if (parameter.default !== undefined || parameter.optional) return parameter.default;
    throw new ToolError(`${name} is missing: ${parameter.description}`);
  }
  const refuse = (rule: string) => new ToolError(`${name} must be ${rule}; got ${show(value)}`);
  if (type === 'string') {
    if (typeof value !== 'string' || value.trim() === '' || value.length > LONGEST)
      throw refuse(`a text of 1 to ${LONGEST} characters`);
    if (parameter.enum && !parameter.enum.includes(value))
      throw refuse(`one of ${parameter.enum.join(', ')}`);
    return value;
  }
  const range = [
    ...(minimum > Number.NEGATIVE_INFINITY ? [`of at least ${minimum}`] : []),
    ...(maximum < Number.POSITIVE_INFINITY ? [`of at most ${maximum}`] : []),
  ].join(' and ');
  const isFit = typeof value === 'number' && Number.isFinite(value) && value >= minimum && value <= maximum;
  if (!isFit || (type === 'integer' && !Number.isInteger(value)))
    throw refuse(`${type === 'integer' ? 'a whole number' : 'a number'} ${range}`.trim());
  return value;
}
