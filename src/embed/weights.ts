import { UserError } from '../errors.js';
import { STATIC_TABLE } from './description.js';
import { fileInside, weightsPath } from './model-paths.js';
import { externalFiles, NotOnnx } from './onnx-file.js';

/**
 * Paths of the files that hold a graph's weights, relative to the model's folder and inside it. They need not be
 * there. `name` is how the user called the model.
 * @throws UserError for a graph that can't be read, or that names a file outside.
 */
export async function weightPaths(
  folder: string,
  graph: string,
  name: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const file = await fileInside(folder, graph, name);
  if (graph === STATIC_TABLE) return [];
  if (file === undefined)
    throw new UserError(`model "${name}": ${graph} is missing`, { code: 'MODEL_INVALID', option: 'model' });
  try {
    const stated = await externalFiles(file, signal);
    return stated.map((one) => {
      const path = weightsPath(graph, one);
      if (path !== undefined) return path;
      throw new UserError(
        `model "${name}": ${graph} keeps its weights in ${JSON.stringify(one.slice(0, 200))}, which is no file of the model's folder; it is not used`,
        { code: 'MODEL_INVALID', option: 'model' },
      );
    });
  } catch (error) {
    if (!(error instanceof NotOnnx)) throw error;
    throw new UserError(
      `model "${name}": ${graph} is not a whole ONNX file: ${error.message}; export or download it again`,
      { code: 'MODEL_INVALID', option: 'model', cause: error },
    );
  }
}
