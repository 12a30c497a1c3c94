// For modules that bundlers for browsers read too: they may name no module of Node.

/**
 * The address of a module of this package: in the build, or in the source (tests, benchmarks), where Node needs a loader for
 * TypeScript before, which has a function `register`.
 *
 * @param from `import.meta.url` of a file in the module's folder
 * @param name of the module, without an ending
 */
export function moduleAt(from: string, name: string): { url: string; loader?: string } {
  if (!from.endsWith('.ts')) return { url: new URL(`./${name}.js`, from).href };
  // `--import`, as for processes, has no effect in a thread of Node 20.
  const { createRequire } = process.getBuiltinModule('node:module');
  const { pathToFileURL } = process.getBuiltinModule('node:url');
  const tsx = pathToFileURL(createRequire(from).resolve('tsx/package.json')).href;
  return { url: new URL(`./${name}.ts`, from).href, loader: new URL('./dist/esm/api/index.mjs', tsx).href };
}
