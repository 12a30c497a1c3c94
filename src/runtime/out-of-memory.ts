/** What allocators say when there is no memory: V8, C++, ONNX Runtime, CUDA and its libraries, Vulkan, Direct3D. */
const NO_MEMORY =
  /out[ _]of[ _](?:device[ _]|host[ _])?memory|outofmemory|bad[_ ]?alloc|failed to allocate memory|array buffer allocation failed|available memory of \d+ is smaller than requested|(?:CUBLAS|CUDNN)_STATUS_ALLOC_FAILED/i;

export const isOutOfMemory = (said: string): boolean => NO_MEMORY.test(said);
