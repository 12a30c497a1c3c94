import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import { checkRunFolder, type RunFolderOptions, replaceRunFiles } from '../../src/files/run-folder.js';
import { testFolder } from '../helpers/folder.js';

const folder = testFolder();
const NAMES = ['clusters.csv', 'topics.csv'];
const isRoot = process.getuid?.() === 0;

let count = 0;
/** A new folder, with files in it. */
function made(files: Record<string, string> = {}): string {
  const path = join(folder.path, `out-${count++}`);
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

/** A run that writes its number into every file. */
const run = (out: string, number: number, options: RunFolderOptions = {}, names = NAMES) =>
  replaceRunFiles(
    out,
    names,
    async (draftOf) => {
      for (const name of names) await writeFile(draftOf(name), `${name} ${number}`);
    },
    options,
  );

const read = (out: string, name: string) => readFileSync(join(out, name), 'utf8');

describe('files that a run wrote', () => {
  test('are replaced by the next, in a folder that the first one made', async () => {
    const out = join(folder.path, 'deep', 'new');
    await checkRunFolder(out, NAMES, {});
    expect(existsSync(join(folder.path, 'deep'))).toBe(false);
    expect(await run(out, 1)).toEqual(NAMES.map((name) => join(out, name)));
    await checkRunFolder(out, NAMES, {});
    await run(out, 2);
    expect(readdirSync(out).sort()).toEqual(['.denscape.json', ...NAMES]);
    for (const name of NAMES) expect(read(out, name)).toBe(`${name} 2`);
  });

  test('are known after a run that wrote others', async () => {
    const out = made();
    await run(out, 1, {}, ['clusters.csv', 'topics.csv', 'map.png']);
    await run(out, 2);
    await run(out, 3, {}, ['map.png']);
    expect(read(out, 'map.png')).toBe('map.png 3');
  });

  test('and the user changed since are kept, unless forced', async () => {
    const out = made();
    await run(out, 1);
    writeFileSync(join(out, 'topics.csv'), 'my own notes');
    const message = /topics\.csv was changed since denscape wrote it; .*--out.*--force/;
    await expect(checkRunFolder(out, NAMES, {})).rejects.toThrow(message);
    await expect(run(out, 2)).rejects.toThrow(message);
    expect(read(out, 'topics.csv')).toBe('my own notes');
    expect(read(out, 'clusters.csv')).toBe('clusters.csv 1');
    await run(out, 3, { force: true });
    expect(read(out, 'topics.csv')).toBe('topics.csv 3');
    await run(out, 4);
  });
});

describe('found before the work, as the user’s mistake', () => {
  const mistakes: [string, (out: string) => RunFolderOptions | undefined, RegExp][] = [
    [
      'a file that no run wrote',
      (out) => void writeFileSync(join(out, 'topics.csv'), 'mine'),
      /topics\.csv is there and no run of denscape wrote it/,
    ],
    [
      'the input',
      (out) => {
        writeFileSync(join(out, 'topics.csv'), 'mine');
        return { input: join(out, '..', out.slice(out.lastIndexOf('/') + 1), 'topics.csv') };
      },
      /topics\.csv is the input and would be replaced/,
    ],
    [
      'the input under another name',
      (out) => {
        writeFileSync(join(out, 'data.csv'), 'mine');
        linkSync(join(out, 'data.csv'), join(out, 'clusters.csv'));
        return { input: join(out, 'data.csv') };
      },
      /clusters\.csv is the input/,
    ],
    [
      'a folder in the way',
      (out) => void mkdirSync(join(out, 'clusters.csv')),
      /clusters\.csv: a folder, not a file/,
    ],
    [
      'a link in the way',
      (out) => void symlinkSync('/dev/null', join(out, 'clusters.csv')),
      /clusters\.csv is there and no run of denscape wrote it/,
    ],
  ];
  test.each(mistakes)('%s', async (_, prepare, expected) => {
    const out = made();
    const options = prepare(out) ?? {};
    const before = readdirSync(out);
    const mistake = await checkRunFolder(out, NAMES, options).catch((cause) => cause);
    expect(mistake).toBeInstanceOf(UserError);
    expect(mistake.message).toMatch(expected);
    expect(readdirSync(out)).toEqual(before);
  });

  test.each([
    ['a file as the folder', () => folder.write('plain', ''), /plain: a part of the path is a file/],
    ['below a file', () => join(folder.write('plain', ''), 'out'), /out: a part of the path is a file/],
    [
      'a name of 300 letters',
      () => join(folder.path, 'x'.repeat(300)),
      /the name is longer than the disk allows/,
    ],
  ])('%s', async (_, place, expected) => {
    const mistake = await checkRunFolder(place(), NAMES, {}).catch((cause) => cause);
    expect(mistake).toBeInstanceOf(UserError);
    expect(mistake.message).toMatch(expected);
  });

  test.runIf(existsSync('/proc/self'))('a folder below /proc', async () => {
    await expect(checkRunFolder('/proc/denscape/out', NAMES, {})).rejects.toThrow(UserError);
  });

  test.runIf(isRoot)('a folder without permission (as root, who becomes nobody for it)', async () => {
    const out = made();
    chmodSync(folder.path, 0o755);
    process.seteuid?.(65534);
    try {
      for (const place of [out, join(out, 'below')]) {
        const mistake = await checkRunFolder(place, NAMES, {}).catch((cause) => cause);
        expect(mistake).toBeInstanceOf(UserError);
        expect(mistake.message).toBe(
          `${place}: no permission to write there; name another folder with --out`,
        );
      }
    } finally {
      process.seteuid?.(0);
    }
  });
});

describe('what a killed run left', () => {
  const drafts = (out: string, files: Record<string, string>) => {
    const path = join(out, '.denscape-0123abcd.part');
    mkdirSync(path);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  };
  const journal = (direction: string, ...names: string[]) =>
    JSON.stringify({ direction, files: names.map((name) => ({ name, existed: true })) });

  test('without a journal is dropped', async () => {
    const out = made();
    await run(out, 1);
    drafts(out, { 'clusters.csv': 'half a f' });
    await checkRunFolder(out, NAMES, {});
    expect(readdirSync(out).sort()).toEqual(['.denscape.json', ...NAMES]);
    expect(read(out, 'clusters.csv')).toBe('clusters.csv 1');
  });

  test('with a journal is completed', async () => {
    const out = made({ 'clusters.csv': 'new already', 'topics.csv': 'old' });
    drafts(out, { 'topics.csv': 'new', 'journal.json': journal('forward', ...NAMES) });
    await checkRunFolder(out, [], {});
    expect(readdirSync(out).sort()).toEqual(NAMES);
    expect(read(out, 'clusters.csv')).toBe('new already');
    expect(read(out, 'topics.csv')).toBe('new');
  });

  test('with a journal that undoes gets its old files back', async () => {
    const out = made({ 'clusters.csv': 'new already', 'topics.csv': 'old' });
    drafts(out, { 'topics.csv': 'new', 'journal.json': journal('back', ...NAMES) });
    mkdirSync(join(out, '.denscape-0123abcd.part', 'old'));
    writeFileSync(join(out, '.denscape-0123abcd.part', 'old', 'clusters.csv'), 'old one');
    await checkRunFolder(out, [], {});
    expect(readdirSync(out).sort()).toEqual(NAMES);
    expect(read(out, 'clusters.csv')).toBe('old one');
    expect(read(out, 'topics.csv')).toBe('old');
  });

  test.each(['../outside.csv', '/tmp/outside.csv', '..', 'a/b', 'a\\b', ''])(
    'with a journal that names "%s" is dropped unread',
    async (name) => {
      const out = made({ 'clusters.csv': 'mine' });
      const victim = folder.write('outside.csv', 'mine');
      drafts(out, { 'outside.csv': 'evil', 'journal.json': journal('forward', name) });
      await checkRunFolder(out, [], {});
      expect(readFileSync(victim, 'utf8')).toBe('mine');
      expect(readdirSync(out)).toEqual(['clusters.csv']);
    },
  );

  test('as single drafts is deleted, but for those of a live process', async () => {
    const dead = '.map.html.4194304999-00000000-0123abcd.part';
    const out = made({ [dead]: '', 'notes.part': 'mine' });
    const { draftFor } = await import('../../src/files/drafts.js');
    const live = draftFor(join(out, 'clusters.csv'));
    writeFileSync(live, '');
    // The number of a process that can't be; the host is this one.
    const ended = live.replace(/\.\d+-(?=[0-9a-f]{8}-)/, '.4194304999-');
    writeFileSync(ended, '');
    await checkRunFolder(out, [], {});
    expect(existsSync(ended)).toBe(false);
    expect(existsSync(live)).toBe(true);
    expect(existsSync(join(out, dead))).toBe(true); // of another machine, a moment old
    expect(read(out, 'notes.part')).toBe('mine');
  });
});
