// Types of options are computed from the table, so editors would show their members without a description. In the built declarations
// each such type is written out as an interface, with the help and the default of every record.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Declarations that hold types of options, below build/. */
const FILES = [
  'options/table.d.ts',
  'hdbscan/options.d.ts',
  'hdbscan/layers.d.ts',
  'layout/options.d.ts',
  'entry/neighbors.d.ts',
  'entry/topics.d.ts',
  'embed/options.d.ts',
];

/** As the compiler writes such a type, and as this script does. */
const COMPUTED = /export type (\w+) = OptionsOf<typeof (\w+)>( & Watch)?;/g;
const WRITTEN = /export interface (\w+)( extends Watch)? \{ \/\/ of (\w+)\n[\s\S]*?\n\}/g;

/** The tables by the names that types refer to. */
async function tablesOf(build) {
  const load = (name) => import(pathToFileURL(join(build, 'options', `${name}.js`)).href);
  const [{ STAGES }, ...modules] = await Promise.all(
    ['table', 'hdbscan', 'layout', 'neighbors', 'tree', 'embed'].map(load),
  );
  const { output, ...program } = STAGES;
  return { ...Object.assign({}, ...modules), programOptions: Object.assign({}, ...Object.values(program)) };
}

function comment({ help, inCode, default: usual, fallback, unset }, indent) {
  const value = usual === undefined ? (fallback?.text ?? unset) : `\`${usual}\``;
  const text = `${help}${inCode ? `; in code also ${inCode}` : ''}`.replaceAll('*/', '* /');
  return value === undefined
    ? `${indent}/** ${text} */`
    : `${indent}/**\n${indent} * ${text}\n${indent} * @default ${value}\n${indent} */`;
}

function interfaceOf(name, tableName, table, parent) {
  const all = `OptionsOf<typeof ${tableName}>`;
  const lines = [`export interface ${name}${parent} { // of ${tableName}`];
  const groups = new Map();
  for (const [path, record] of Object.entries(table)) {
    const [group, inner] = path.split('.');
    if (inner === undefined) lines.push(comment(record, '    '), `    ${path}?: ${all}['${path}'];`);
    else groups.set(group, [...(groups.get(group) ?? []), [inner, record]]);
  }
  for (const [group, members] of groups) {
    lines.push(`    ${group}?: {`);
    for (const [inner, record] of members) {
      const type = `NonNullable<${all}['${group}']>['${inner}']`;
      lines.push(comment(record, '        '), `        ${inner}${record.required ? '' : '?'}: ${type};`);
    }
    lines.push('    };');
  }
  return `${lines.join('\n')}\n}`;
}

/** Writes the types of options out in the declarations below `build`. */
export async function writeOptionTypes(build) {
  const tables = await tablesOf(build);
  for (const file of FILES) {
    const path = join(build, file);
    const text = readFileSync(path, 'utf8');
    const write = (name, table, parent) => interfaceOf(name, table, tables[table], parent);
    const written = text
      .replace(WRITTEN, (whole, name, parent, table) =>
        table in tables ? write(name, table, parent ?? '') : whole,
      )
      .replace(COMPUTED, (whole, name, table, watch) =>
        table in tables ? write(name, table, watch ? ' extends Watch' : '') : whole,
      );
    if (written !== text) writeFileSync(path, written);
  }
}
