import { styleText } from 'node:util';
import type { Command } from 'commander';
import { COMMANDS } from '../options/command.js';
import { addCommandFlags, readCommandFlags } from './flags.js';
import { safeJson, safeLine } from './terminal.js';

/** `denscape doctor`: checks what this machine has, with advice for what is missing. */
export function addDoctorCommand(program: Command): void {
  const command = program
    .command('doctor')
    .summary('what this machine has and lacks')
    .description('Tries what denscape may need: providers, memory, cache, the model hub, Milvus.')
    .action(async () => {
      const flags = readCommandFlags(command, COMMANDS.doctor);
      const { doctor } = await import('../embed/doctor.js');
      const findings = await doctor({ offline: flags.offline });
      if (flags.milvus) findings.push(await tryMilvus(flags.milvus, flags.token));
      if (flags.json) {
        process.stdout.write(`${safeJson(findings)}\n`);
        return;
      }
      const out = process.stdout;
      for (const { name, ok, detail, advice } of findings) {
        const mark = ok
          ? styleText('green', '✓', { stream: out })
          : styleText('yellow', '–', { stream: out });
        out.write(`${mark} ${name.padEnd(16)} ${safeLine(detail)}\n`);
        if (!ok && advice)
          out.write(`${' '.repeat(19)}${styleText('dim', safeLine(advice), { stream: out })}\n`);
      }
    });
  addCommandFlags(command, COMMANDS.doctor);
}

async function tryMilvus(uri: string, token?: string) {
  const name = 'Milvus';
  try {
    const { openStore } = await import('../store/index.js');
    const store = await openStore({ uri, token, retries: 0 }, {}, { mustExist: true });
    try {
      const { kind, version, address } = await store.describe();
      return { name, ok: true, detail: `${kind} ${version} at ${address}`, advice: '' };
    } finally {
      await store.close();
    }
  } catch (error) {
    return {
      name,
      ok: false,
      detail: (error as Error).message,
      advice: 'start it, or check address and token',
    };
  }
}
