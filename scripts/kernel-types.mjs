// What the host has to know of a kernel, taken from AssemblyScript's own declarations, so that it is stated once:
// functions with the names of their parameters, exported constants, and the fields of @unmanaged classes.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Classes of a folder of AssemblyScript that are marked @unmanaged: their memory is laid out as C would. */
function structsIn(folder) {
  const structs = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, name, body] of text.matchAll(/^@unmanaged\s+export class (\w+) \{\n([\s\S]*?)^\}/gm)) {
      const fields = [...body.matchAll(/^ {2}(\w+): (\w+);/gm)].map(([, field, type]) => ({ field, type }));
      structs.push({ name, file: file.replace(/\.ts$/, ''), fields });
    }
  }
  return structs;
}

/** Code to add to a kernel's index.ts: it exports where the compiler puts the fields. */
export function layoutExports(folder) {
  return structsIn(folder)
    .map(({ name, file, fields }) => {
      const offsets = fields.map(
        ({ field }) => `export const layout_${name}_${field}: usize = offsetof<${name}_>('${field}');`,
      );
      return [
        `import { ${name} as ${name}_ } from './${file}';`,
        `export const layout_${name}: usize = offsetof<${name}_>();`,
        ...offsets,
      ].join('\n');
    })
    .join('\n');
}

/** Exported constants of a compiled kernel. */
function constantsOf(bytes) {
  const module = new WebAssembly.Module(bytes);
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] =
      kind === 'memory' ? new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true }) : () => 0;
  }
  const { exports } = new WebAssembly.Instance(module, imports);
  return Object.entries(exports).filter(([, value]) => value instanceof WebAssembly.Global);
}

/** Functions by asc's declaration file: name, parameters, and what is returned. */
function functionsOf(declarations) {
  const pattern = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+export function (\w+)\((.*)\): (\w+);/g;
  return [...declarations.matchAll(pattern)].map(([, comment, name, list, returns]) => ({
    name,
    parameters: list === '' ? [] : list.split(', ').map((parameter) => parameter.split(':')[0]),
    returns,
    // WebAssembly returns pointers above 2 GiB negative, and a truth value as a number.
    turn: returns === 'boolean' ? ' !== 0' : /@returns `(usize|u32)`/.test(comment) ? ' >>> 0' : '',
  }));
}

/**
 * JavaScript and declarations for a kernel: `bind` turns its exports into functions of named arguments, `jobs` turns named
 * arguments of a pool's functions, which take a chunk and a thread first, into lists.
 */
export function describeKernel(folder, bytes, declarations) {
  const globals = constantsOf(bytes);
  const value = (name) => Number(globals.find(([known]) => known === name)[1].value);
  const functions = functionsOf(declarations);
  const isJob = ({ parameters }) => parameters[0] === 'chunk' && /^_?thread$/.test(parameters[1]);
  const jobs = functions.filter(isJob).map((one) => ({ ...one, parameters: one.parameters.slice(2) }));
  const calls = functions.filter((one) => !isJob(one));
  const named = ({ parameters }) => `{ ${parameters.join(', ')} }`;
  const typed = ({ parameters }) => `{ ${parameters.map((name) => `${name}: number`).join('; ')} }`;
  const constants = globals.filter(([name]) => !name.startsWith('layout_') && name !== 'heapBase');
  const layouts = structsIn(folder).map(({ name, fields }) => ({
    name,
    bytes: value(`layout_${name}`),
    fields: Object.fromEntries(
      fields.map(({ field, type }) => [field, { at: value(`layout_${name}_${field}`), type }]),
    ),
  }));
  const javascript = [
    `export const bind = (kernel) => ({`,
    ...calls.map((one) =>
      one.parameters.length === 0
        ? `  ${one.name}: () => kernel.${one.name}()${one.turn},`
        : `  ${one.name}: (${named(one)}) => kernel.${one.name}(${one.parameters.join(', ')})${one.turn},`,
    ),
    `});`,
    `export const jobs = {`,
    ...jobs.map((one) => `  ${one.name}: (${named(one)}) => [${one.parameters.join(', ')}],`),
    `};`,
    ...constants.map(([name]) => `export const ${name} = ${value(name)};`),
    ...layouts.map(({ name, bytes: size, fields }) => {
      return `export const ${name} = ${JSON.stringify({ bytes: size, fields })};`;
    }),
  ];
  const types = [
    `export interface Calls {`,
    ...calls.map((one) => {
      return `  ${one.name}(${one.parameters.length === 0 ? '' : `args: ${typed(one)}`}): ${one.returns};`;
    }),
    `}`,
    `export declare const bind: (kernel: unknown) => Calls;`,
    `export interface Jobs {`,
    ...jobs.map((one) => `  ${one.name}: ${typed(one)};`),
    `}`,
    `export declare const jobs: { readonly [N in keyof Jobs]: (args: Jobs[N]) => number[] };`,
    ...constants.map(([name]) => `export declare const ${name}: number;`),
    ...layouts.map(({ name, fields }) => {
      const names = Object.keys(fields).map((field) => `'${field}'`);
      const field = `{ readonly at: number; readonly type: string }`;
      return `export declare const ${name}: { readonly bytes: number; readonly fields: Readonly<Record<${names.join(' | ')}, ${field}>> };`;
    }),
  ];
  return { javascript: `${javascript.join('\n')}\n`, types: `${types.join('\n')}\n` };
}

/**
 * A module as text, from which `bytesOf` in src/wasm/kernel.ts makes bytes again: a byte's lower six bits are a letter from 0 to p but the
 * backslash, and one of !, # and % before it stands for the upper two, if they aren't 0. Unlike base64, which writes three bytes as four
 * letters, equal code is equal text wherever it stands, so that compression finds it: a bundle, which holds all builds of a kernel, is a tenth smaller.
 */
export function textOf(bytes) {
  const letter = (six) => String.fromCharCode(six + 48 + (six + 48 >= 92 ? 1 : 0));
  return Array.from(bytes, (byte) => ['', '!', '#', '%'][byte >> 6] + letter(byte & 63)).join('');
}
