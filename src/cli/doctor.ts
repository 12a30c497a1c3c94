import { styleText } from 'node:util';
import type { Command } from 'commander';
import { counted } from '../counted.js';
import { COMMANDS } from '../options/command.js';
import type { ListedCollection } from '../store/list.js';
import { addCommandFlags, readCommandFlags } from './flags.js';
import { safeJson, safeLine } from './terminal.js';

/** What was tried, and what to do where it failed. */
interface Finding {
  name: string;
  ok: boolean;
  detail: string;
  advice: string;
  /** Of a Milvus. */
  collections?: ListedCollection[];
}

/** `denscape doctor`: checks what this machine has, with advice for what is missing. */
export function addDoctorCommand(program: Command): void {
  const command = program
    .command('doctor')
    .summary('what this machine has and lacks')
    .description('Tries what denscape may need: providers, memory, cache, the model hub, Milvus.')
    .action(async () => {
      const flags = readCommandFlags(command, COMMANDS.doctor);
      const { doctor } = await import('../embed/doctor.js');
      const findings: Finding[] = await doctor({ offline: flags.offline });
      if (flags.milvus) findings.push(await tryMilvus(flags.milvus, flags.token));
      if (flags.json) {
        process.stdout.write(`${safeJson(findings)}\n`);
        return;
      }
      const out = process.stdout;
      for (const { name, ok, detail, advice, collections = [] } of findings) {
        const mark = ok
          ? styleText('green', '✓', { stream: out })
          : styleText('yellow', '–', { stream: out });
        out.write(`${mark} ${name.padEnd(16)} ${safeLine(detail)}\n`);
        if (!ok && advice)
          out.write(`${' '.repeat(19)}${styleText('dim', safeLine(advice), { stream: out })}\n`);
        for (const line of collections.flatMap(collectionLines))
          out.write(`${' '.repeat(19)}${safeLine(line)}\n`);
      }
    });
  addCommandFlags(command, COMMANDS.doctor);
}

/** Whether Milvus can be reached, and what it holds. */
async function tryMilvus(uri: string, token?: string): Promise<Finding> {
  const name = 'Milvus';
  try {
    const { listCollections } = await import('../store/index.js');
    const { kind, version, address, collections } = await listCollections({ uri, token, retries: 0 });
    const detail = `${kind} ${version} at ${address}, ${counted(collections.length, 'collection')}`;
    return { name, ok: true, detail, advice: '', collections };
  } catch (error) {
    return {
      name,
      ok: false,
      detail: (error as Error).message,
      advice: 'start it, or check address and token',
    };
  }
}

/** A collection on a line each of its properties. */
function collectionLines({ name, rows, fields, indexes, model }: ListedCollection): string[] {
  return [
    `${name}: ${counted(rows, 'row')}`,
    `  ${fields.join(', ')}`,
    `  ${indexes.length > 0 ? indexes.join(', ') : 'no index'}${model ? `; vectors by ${model}` : ''}`,
  ];
}
