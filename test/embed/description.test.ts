import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseGraph, describeModel } from '../../src/embed/description.js';
import { knownModel } from '../../src/embed/registry.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'denscape-description-'));
  await mkdir(join(folder, '1_Pooling'));
  await put('tokenizer.json', { model: {} });
  await put('1_Pooling/config.json', { pooling_mode_cls_token: false, pooling_mode_mean_tokens: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = (file: string, content: unknown) => writeFile(join(folder, file), JSON.stringify(content));
const describeIt = (choices = {}) => describeModel(folder, 'org/name', undefined, choices);

describe('pooling', () => {
  it('is read from 1_Pooling/config.json, in its old and its new form', async () => {
    expect((await describeIt()).pooling).toBe('mean');
    await put('1_Pooling/config.json', { pooling_mode: 'lasttoken' });
    expect((await describeIt()).pooling).toBe('last');
    await put('1_Pooling/config.json', { pooling_mode_cls_token: true });
    expect((await describeIt()).pooling).toBe('cls');
  });

  it('that denscape lacks, or of two kinds, is an error that names them', async () => {
    await put('1_Pooling/config.json', { pooling_mode_weightedmean_tokens: true });
    await expect(describeIt()).rejects.toThrow(/pools by pooling_mode_weightedmean_tokens/);
    await put('1_Pooling/config.json', { pooling_mode_cls_token: true, pooling_mode_max_tokens: true });
    await expect(describeIt()).rejects.toThrow(/cls and max/);
  });

  it('that the caller names wins over the files', async () => {
    expect((await describeIt({ pooling: 'max' })).pooling).toBe('max');
  });

  it('with a module behind it that the graph does not hold is an error', async () => {
    const type = (name: string) => ({ type: `sentence_transformers.models.${name}` });
    await put('modules.json', [type('Transformer'), type('Pooling'), type('Normalize')]);
    expect((await describeIt()).pooling).toBe('mean');
    await put('modules.json', [type('Transformer'), type('Pooling'), type('Dense')]);
    await expect(describeIt()).rejects.toThrow(/"sentence_transformers\.models\.Dense" module/);
  });
});

describe('the token limit', () => {
  it('is the smallest that the files state', async () => {
    expect((await describeIt()).maxTokens).toBe(512);
    await put('config.json', { model_type: 'bert', max_position_embeddings: 512 });
    await put('tokenizer_config.json', { model_max_length: 1e30 });
    expect((await describeIt()).maxTokens).toBe(512);
    await put('sentence_bert_config.json', { max_seq_length: 256 });
    expect((await describeIt()).maxTokens).toBe(256);
  });

  it('of RoBERTa’s family leaves its two reserved positions out', async () => {
    await put('config.json', { model_type: 'xlm-roberta', max_position_embeddings: 8194 });
    expect((await describeIt()).maxTokens).toBe(8192);
  });

  it('of a known model is the registry’s', async () => {
    await put('config.json', { model_type: 'bert', max_position_embeddings: 512 });
    expect((await describeModel(folder, 'minilm', knownModel('minilm'), {})).maxTokens).toBe(256);
  });
});

describe('the prefix', () => {
  beforeEach(() =>
    put('config_sentence_transformers.json', { prompts: { query: 'query: ', passage: 'passage: ' } }),
  );

  it('is empty unless a prompt is named or written out', async () => {
    expect((await describeIt()).prefix).toBe('');
    expect((await describeIt({ prefix: 'passage' })).prefix).toBe('passage: ');
    expect((await describeIt({ prefix: 'Cluster this: ' })).prefix).toBe('Cluster this: ');
  });

  it('is the model’s default prompt, or its prompt for clustering', async () => {
    const prompts = { clustering: 'clustering: ', query: 'query: ' };
    await put('config_sentence_transformers.json', { prompts });
    expect((await describeIt()).prefix).toBe('clustering: ');
    await put('config_sentence_transformers.json', { prompts, default_prompt_name: 'query' });
    expect((await describeIt()).prefix).toBe('query: ');
  });
});

it('a missing or broken file is named', async () => {
  await writeFile(join(folder, 'config.json'), '{"hidden_size": ');
  await expect(describeIt()).rejects.toThrow(/config\.json is not JSON/);
  await rm(join(folder, 'config.json'));
  await rm(join(folder, 'tokenizer.json'));
  await expect(describeIt()).rejects.toThrow(/no tokenizer\.json/);
});

describe('the graph', () => {
  const all = new Set(['onnx/model.onnx', 'onnx/model_fp16.onnx', 'onnx/model_quantized.onnx']);

  it('is the dtype given, else the registry’s choice, else the most exact there is', () => {
    expect(chooseGraph(all, 'int8', 'x', undefined).path).toBe('onnx/model_quantized.onnx');
    expect(chooseGraph(all, 'auto', 'x', undefined)).toEqual({ path: 'onnx/model.onnx', dtype: 'fp32' });
    expect(chooseGraph(all, 'auto', 'minilm', knownModel('minilm')).dtype).toBe('int8');
    expect(chooseGraph(all, 'auto', 'minilm', knownModel('minilm'), undefined, true).dtype).toBe('fp16');
    expect(chooseGraph(all, 'fp32', 'x', undefined, undefined, true).dtype).toBe('fp32');
    expect(chooseGraph(new Set(['model_fp16.onnx']), 'auto', 'x', undefined).dtype).toBe('fp16');
  });
});
