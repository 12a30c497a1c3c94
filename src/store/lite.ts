import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { FailureError, UserError } from '../errors.js';
import {
  absoluteFolders,
  childEnvironment,
  findProgram,
  namedProgram,
  OWN_FOLDER,
  pythonArguments,
} from '../programs.js';

/** A running Milvus Lite. */
export interface Lite {
  /** `http://127.0.0.1:port`. */
  url: string;
  pid: number;
  /** Whether the server has ended, by whatever cause. */
  hasEnded(): boolean;
  /** Resolves when the data folder is closed and free again. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Milvus Lite's own entry for Python clients, which picks a free loopback port itself. It reads its standard input
 * to the end, which comes when denscape ends, however it ends: no server outlives a `kill -9`, holding the folder.
 */
const SCRIPT = `
import sys
try:
    from milvus_lite.adapter.grpc.server import start_server_in_thread
except ImportError as error:
    print("missing", error, flush=True)
    sys.exit(3)
try:
    server, db, port = start_server_in_thread(data_dir=sys.argv[1], host="127.0.0.1", port=0)
except BaseException as error:
    print("failed", type(error).__name__, str(error).replace("\\n", " "), flush=True)
    sys.exit(4)
print("port", port, flush=True)
try:
    sys.stdin.read()
except KeyboardInterrupt:
    pass
server.stop(grace=2).wait()
db.close()
`;

/** The same for Milvus Lite 2, whose own class starts a program of C++ that listens on a port. */
const SCRIPT_2 = `
import socket, sys, time
try:
    from milvus_lite.server import Server
except ImportError as error:
    print("missing", error, flush=True)
    sys.exit(3)
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
try:
    server = Server(sys.argv[1], "127.0.0.1:%d" % port)
    if not server.init() or not server.start():
        raise RuntimeError("in use by another process, or damaged")
except BaseException as error:
    print("failed", type(error).__name__, str(error).replace("\\n", " "), flush=True)
    sys.exit(4)
for _ in range(300):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        break
    except OSError:
        time.sleep(0.1)
print("port", port, flush=True)
try:
    sys.stdin.read()
except KeyboardInterrupt:
    pass
server.stop()
`;

const INSTALL = 'python3 -m pip install "milvus-lite>=3.2" pymilvus';
/** In an environment of its own: both versions are one package. */
const INSTALL_2 =
  'python3 -m venv lite2 && lite2/bin/pip install milvus-lite==2.5.1 "setuptools<81", then DENSCAPE_PYTHON=lite2/bin/python';

/** Starts Milvus Lite: version 2 on a file, version 3 on a folder, which is created when missing. */
export async function startLite(path: string, name: string, signal?: AbortSignal): Promise<Lite> {
  const isFile = existsSync(path) && statSync(path).isFile();
  let missing = 'no python found';
  for (const python of interpreters(process.env)) {
    signal?.throwIfAborted();
    const started = await launch(python, isFile ? SCRIPT_2 : SCRIPT, path, signal);
    if ('lite' in started) return started.lite;
    if ('failure' in started) throw problem(name, started.failure);
    missing = started.missing;
  }
  if (isFile) {
    throw new UserError(
      `${name} is a file of Milvus Lite 2, which Python doesn't have here (${missing}); install it with: ${INSTALL_2}`,
      { code: 'ENGINE_UNAVAILABLE', option: 'store.uri' },
    );
  }
  throw new UserError(
    `${name} needs Milvus Lite, which Python doesn't have here (${missing}); install it with: ${INSTALL}`,
    { code: 'ENGINE_UNAVAILABLE', option: 'store.uri' },
  );
}

/** Python interpreters that may have Milvus Lite: DENSCAPE_PYTHON, that of the milvus-lite command, the usual names. */
function* interpreters(environment: NodeJS.ProcessEnv): Generator<string> {
  if (environment.DENSCAPE_PYTHON) {
    const named = namedProgram(environment.DENSCAPE_PYTHON, environment);
    if (named) yield named;
    return;
  }
  for (const folder of absoluteFolders(environment)) {
    const command = join(folder, 'milvus-lite');
    if (!existsSync(command)) continue;
    const shebang = /^#!\s*(\S+)/.exec(readFileSync(command, 'utf8').slice(0, 400))?.[1];
    // `#!/usr/bin/env python3` names no interpreter; the usual names below find that one.
    if (shebang && isAbsolute(shebang) && !/\/env$/.test(shebang) && existsSync(shebang)) yield shebang;
    // A virtual environment has its interpreter in the folder of the command.
    else if (existsSync(join(dirname(realpathSync(command)), 'python3')))
      yield join(dirname(realpathSync(command)), 'python3');
  }
  for (const name of ['python3', 'python']) {
    const found = findProgram(name, environment);
    if (found) yield found;
  }
}

type Outcome = { lite: Lite } | { missing: string } | { failure: string };

async function launch(python: string, script: string, path: string, signal?: AbortSignal): Promise<Outcome> {
  const child = spawn(python, ['-u', ...pythonArguments(script, [resolve(path)])], {
    cwd: OWN_FOLDER,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: childEnvironment(),
    // In a process group of its own, so that Ctrl-C does not end it before denscape's last request.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  let output = '';
  let errors = '';
  child.stderr.on('data', (bytes) => {
    errors = (errors + bytes).slice(-4000);
  });
  child.stdin.on('error', () => {}); // ignored: the child may have exited
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', (code) => resolve(code ?? -1));
  });
  const word = await new Promise<string[]>((resolve, reject) => {
    const abort = () => {
      child.kill('SIGKILL');
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    child.stdout.on('data', (bytes) => {
      output += bytes;
      const line = /^(missing|failed|port) ?(.*)\r?\n/m.exec(output);
      if (line) {
        signal?.removeEventListener('abort', abort);
        resolve([line[1], line[2]]);
      }
    });
    ended.then((code) => {
      signal?.removeEventListener('abort', abort);
      if (code === null) resolve(['missing', `no ${python} found`]);
      else resolve(['failed', lastLine(errors) || `exit ${code}`]);
    });
  });
  const [kind, detail] = word;
  if (kind === 'missing') {
    await ended;
    return { missing: detail };
  }
  if (kind === 'failed') {
    await ended;
    return { failure: detail };
  }
  // Neither end keeps this process alive by itself.
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr])
    (stream as unknown as { unref?(): void }).unref?.();
  return {
    lite: {
      url: `http://127.0.0.1:${detail}`,
      pid: child.pid ?? 0,
      hasEnded: () => child.exitCode !== null || child.signalCode !== null,
      stop: () => stop(child, ended),
    },
  };
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.ref();
  child.stdin?.end();
  // It normally flushes and exits. One that hangs is killed: its write-ahead log is on disk.
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(timer);
}

function problem(name: string, failure: string): Error {
  if (/permission|read-only/i.test(failure))
    return new UserError(`${name} can't be written (${failure}); choose another path`, {
      code: 'OUTPUT_UNWRITABLE',
      option: 'store.uri',
      file: name,
    });
  if (/lock|in use|another process/i.test(failure)) {
    return new UserError(
      `${name} is in use by another process; wait for it, or let several share one server: milvus-lite server --data-dir ${name} --port 19530, then --milvus http://127.0.0.1:19530`,
      { code: 'STORE_BUSY', option: 'store.uri', file: name },
    );
  }
  if (/no space left/i.test(failure))
    return new FailureError(`${name}: the disk is full; free space and run the command again`, {
      code: 'DISK_FAILED',
      option: 'store.uri',
      file: name,
    });
  return new FailureError(`Milvus Lite could not open ${name}: ${failure}`, {
    code: 'STORE_FAILED',
    option: 'store.uri',
    file: name,
  });
}

const lastLine = (text: string): string => text.trim().split('\n').pop() ?? '';
