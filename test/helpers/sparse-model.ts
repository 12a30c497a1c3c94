import { copyFile, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/embed/${name}`, import.meta.url));

/**
 * A model folder of BGE-M3's shape whose graph has the three outputs of its exporters: `dense_vecs`, `sparse_vecs` and
 * `colbert_vecs`. 1,024 numbers a vector, a few thousand tokens.
 */
export async function writeSparseModel(folder: string): Promise<string> {
  await cp(fixture('tiny-bge-m3'), folder, {
    recursive: true,
    filter: (path) => !/model_(fp16|int8)\.onnx$/.test(path),
  });
  await copyFile(fixture('tiny-bge-m3-heads.onnx'), join(folder, 'onnx', 'model.onnx'));
  return folder;
}
