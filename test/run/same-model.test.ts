import { expect, test } from 'vitest';
import { refuseOtherModel } from '../../src/run/same-model.js';

const model = { id: 'Xenova/all-MiniLM-L6-v2', revision: 'main', dtype: 'fp32' };
const record = { settings: { model: 'minilm' }, model };

test('a model of another name is refused before it is loaded, the run’s own is not', () => {
  for (const given of ['potion', 'bge-m3', 'org/other']) {
    expect(() => refuseOtherModel(record, given)).toThrow(
      `model must be the one that the run was made with, ${model.id}; got ${given}`,
    );
  }
  for (const given of ['minilm', model.id, import.meta.dirname, { embed: () => [] }, undefined]) {
    expect(() => refuseOtherModel(record, given)).not.toThrow();
  }
});
