// Makes a clone ready to run, with nothing but Node: installs when node_modules is missing or older than
// the lock file, builds what is stale. No dependencies: it runs before there are any.
import { execSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Whether node_modules has every package of the lock file at its version, by npm's own list of what it installed. */
function installed() {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const have = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  const want = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(want).every(
    ([path, { version, optional }]) => path === '' || optional || have[path]?.version === version,
  );
}

if (!installed()) {
  process.stderr.write('installing packages …\n');
  // --ignore-scripts: the build below replaces `prepare`, and no package here needs its install script.
  execSync('npm ci --ignore-scripts --no-audit --no-fund --loglevel=error', {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
}
execSync(`"${process.execPath}" scripts/build.mjs`, { cwd: root, stdio: ['ignore', 2, 2] });
