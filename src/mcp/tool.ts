import type { Model } from '../embed/options.js';
import type { Run } from '../run/run.js';
import type { Parameters, Values } from './parameters.js';
import type { StoredVectors } from './stored.js';

/** What tools work on. */
export interface Session {
  run: Run;
  /** The model that the run was made with, opened at the first call. @throws ToolError where the run has none */
  model(): Promise<Model>;
  /** The collection that holds the run's vectors, where they are in one. */
  stored?: StoredVectors;
  signal?: AbortSignal;
}

export interface Tool {
  name: string;
  description: string;
  parameters: Parameters;
  /** Whether it writes a file. */
  writes?: true;
  /** Gives a value that is sent as JSON, or a text that is sent as it is. */
  call(session: Session, given: Values<Parameters>): Promise<unknown>;
}

/** Types a tool by its parameters. */
export const tool = <const P extends Parameters>(
  record: Omit<Tool, 'call' | 'parameters'> & {
    parameters: P;
    call(session: Session, given: Values<P>): Promise<unknown>;
  },
): Tool => record as unknown as Tool;
