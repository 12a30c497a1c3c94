/** Where inference runs. `auto` takes the fastest provider that loads on this machine. */
export const DEVICES = ['auto', 'cpu', 'cuda', 'webgpu', 'dml', 'coreml'] as const;
/** Which of a model's files is used. */
export const DTYPES = ['auto', 'fp32', 'fp16', 'int8'] as const;
/** How token vectors become one vector. `none`: the graph itself gives one vector for a text. */
export const POOLINGS = ['cls', 'mean', 'max', 'last', 'none'] as const;
/** What is done with texts that are longer than the model reads. */
export const LONGS = ['cut', 'mean'] as const;

/** A graphics card by its number, as `nvidia-smi` or DirectX counts them. */
export type NumberedDevice = `${'cuda' | 'dml'}:${number}`;
export type PlainDevice = (typeof DEVICES)[number];
/** Where a model runs; `auto` chooses by what this machine has. */
export type Device = PlainDevice | NumberedDevice;
/** Type of a model's weights; `auto` is fp16 on a graphics card, else the model's usual one. */
export type Dtype = (typeof DTYPES)[number];
/** How token vectors become one vector. */
export type Pooling = (typeof POOLINGS)[number];
/** What is done with a text longer than the model reads: its end is left out, or it has the mean of its pieces. */
export type Long = (typeof LONGS)[number];
