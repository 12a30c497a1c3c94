import { expect, test } from 'vitest';
import { denscape } from '../helpers/cli.js';

const helpOf = async (command: string) =>
  (await denscape([command, '--help'])).stdout.replace(/\n {20,}/g, ' ').replace(/ +/g, ' ');

test('predict and add offer what is read of a run, not how a collection is made', async () => {
  for (const command of ['predict', 'add']) {
    const help = await helpOf(command);
    expect(help).toContain('--milvus <uri> Milvus that holds the vectors of the run');
    expect(help).toContain('--token <token>');
    for (const flag of ['--index ', '--prune', '--write-back', '--filter', '--source']) {
      expect(help, `${command} ${flag}`).not.toContain(`\n ${flag}`);
    }
  }
});

test('what a command does not offer it refuses', async () => {
  const run = await denscape(['predict', 'run', 'new.csv', '--write-back', 'topic']);
  expect(run.code).toBe(2);
  expect(run.stderr).toContain("unknown option '--write-back'");
});

test('export and recut name the folder that is meant', async () => {
  const exported = await helpOf('export');
  expect(exported).toContain('(default: the folder of the run)');
  expect(exported).not.toContain('denscape-out');
  expect(exported).not.toContain(' --format ');
  expect(await helpOf('recut')).toContain('--force replace files in the folder of the run');
});

test('a switch that is on is shown by the flag that turns it off, with what that does', async () => {
  const help = await helpOf('cluster');
  expect(help).toContain('--no-header the first row is data');
  expect(help).not.toContain('turn off');
  expect(help).not.toMatch(/\n --header/);
});

test('a flag with names to choose from shows that it takes one, and no default is the flag itself', async () => {
  const help = await helpOf('cluster');
  expect(help).toMatch(/--runtime <name> .*\(choices: "auto", "native", "wasm"\)/);
  expect(help).toMatch(/--name-api-key <key> .*\(default: as for --api-key;/);
  expect(help).toMatch(/--layout-seed <n> .*\(default: --seed\)/);
});
