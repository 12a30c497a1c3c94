/** A provider of ONNX Runtime that computes on a graphics card. */
export type GraphicsProvider = 'cuda' | 'webgpu' | 'dml' | 'coreml';

/** Those of each platform, the fastest first. */
export const GRAPHICS_PROVIDERS: Partial<Record<NodeJS.Platform, GraphicsProvider[]>> = {
  linux: ['cuda', 'webgpu'],
  win32: ['dml', 'webgpu'],
  darwin: ['webgpu', 'coreml'],
};
