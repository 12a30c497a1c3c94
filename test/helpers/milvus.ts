import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonEnvironment } from './python.js';

const run = promisify(execFile);

/** Milvus Lite imports pymilvus without requiring it. */
const LITE = ['milvus-lite==3.2.2', 'pymilvus==3.0.2'];
/** Both versions of Milvus Lite are one package, so this one has an environment of its own. */
const LITE_2 = ['milvus-lite==2.5.1', 'setuptools<81'];
const SERVER = ['milvus==2.3.5', 'setuptools<81'];

/** The interpreter that has Milvus Lite; give it to denscape as DENSCAPE_PYTHON. */
export async function litePython(): Promise<string> {
  return (await pythonEnvironment('milvus-lite', LITE)).python;
}

/** The interpreter that has Milvus Lite 2. */
export async function lite2Python(): Promise<string> {
  return (await pythonEnvironment('milvus-lite-2', LITE_2)).python;
}

/** A folder of the system's temporary files, removed with `remove`. */
export async function scratch(name: string): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `denscape-${name}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }) };
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** A server that tests started. `stop` also removes its data. */
export interface MilvusServer {
  uri: string;
  port: number;
  /** Its data folder. */
  data: string;
  /** Ends it at once, as a power cut would; its data stays. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Runs a Milvus that its launcher has set up before, in the data folder given. */
const RESTART = `
  const { spawn } = require('node:child_process');
  const { createServer } = require('node:net');
  const { openSync } = require('node:fs');
  const folder = process.argv[1];
  const log = openSync(folder + '/restarted.log', 'a');
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const METRICS_PORT = String(probe.address().port);
    probe.close(async () => {
      const env = { ...process.env, DEPLOY_MODE: 'STANDALONE', METRICS_PORT, MILVUS_RUN_DIR: folder + '/run', LD_LIBRARY_PATH: folder + '/bin' };
      spawn(folder + '/bin/milvus', ['run', 'standalone'], { cwd: folder, env, stdio: ['ignore', log, log] }).on('exit', () => process.exit(1));
      for (;;) {
        const health = await fetch('http://127.0.0.1:' + METRICS_PORT + '/healthz').then((answer) => answer.text(), () => '');
        if (health.includes('OK')) break;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      console.log('listening on');
    });
  });
`;

/** What a server that was started again said of its end, if it did. */
async function lastFailures(data: string): Promise<string> {
  const log = await readFile(join(data, 'data', 'restarted.log'), 'utf8').catch(() => '');
  const lines = log.split('\n').filter((line) => /panic|FATAL|\[ERROR\]/.test(line));
  return lines
    .slice(-5)
    .map((line) => line.slice(0, 300))
    .join('\n');
}

/** Settings of Milvus' own etcd, in the data folder. */
const ETCD = 'etcd.yaml';

const running = new Set<ChildProcess>();
/** Nothing is left running, however a test run ends. */
process.once('exit', () => {
  for (const child of running) killGroup(child);
});

function killGroup(child: ChildProcess): void {
  try {
    // Milvus' Python launcher starts the server as a child of its own.
    if (child.pid) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It had ended.
  }
}

/** Milvus Lite as a server of its own, by its own command. */
export async function startLiteServer(): Promise<MilvusServer> {
  const environment = await pythonEnvironment('milvus-lite', LITE);
  return startServer('lite', async (data, port) => [
    environment.command('milvus-lite'),
    ['server', '--data-dir', join(data, 'data'), '--host', '127.0.0.1', '--port', String(port)],
  ]);
}

export interface ServerOptions {
  /** Users and passwords; `root:Milvus` at first. */
  authorization?: boolean;
  /** TLS; `mutual` demands a client certificate too. */
  tls?: 'server' | 'mutual';
  certificates?: Certificates;
  /** Further settings, such as `quotaAndLimits.limitWriting.forceDeny=true`. */
  config?: string[];
}

/**
 * Milvus returns what was written before a read, and releases and flushes, on the ticks of clocks: shorter ones change
 * when it does so and not what it returns. With its own, a read takes 0.3 s instead of 0.06, a flush 2.5 instead of 1.
 */
const QUICK = [
  'proxy.timeTickInterval=50', // ms; 200
  'queryCoord.distPullInterval=50', // ms; 500
  'dataCoord.segment.assignmentExpiration=500', // ms; 2000
  'rootCoord.dmlChannelNum=4', // 16; each costs time on every tick
];

/**
 * A server that comes back waits until the session of the one that was killed ends: seconds, 30 of its own. With few, a
 * busy machine may let the session of a living server end too, and that stops the server: with 10, two runs of ten kills ended
 * because a server stopped; with 15, none of three did, one of them at a load of 25 on two processors.
 */
export const SHORT_SESSION = 'common.session.ttl=15';

/** Milvus 2.3.5, the whole server. */
export async function startMilvus(options: ServerOptions = {}): Promise<MilvusServer> {
  const environment = await pythonEnvironment('milvus', SERVER);
  const { authorization, tls, certificates, config } = options;
  // The package unpacks its programs into each data folder, which takes longer than the start itself.
  const programs = environment.command('../programs');
  await mkdir(programs, { recursive: true });
  // Its etcd would listen on the same two ports in every Milvus of a machine.
  const [client, peer] = [await freePort(), await freePort()].map((port) => `http://127.0.0.1:${port}`);
  return startServer('server', async (data, port) => {
    // Its launcher gives up a port that was in use a minute ago; the server itself doesn't mind.
    if (existsSync(join(data, 'data', 'configs', 'milvus.yaml')))
      return [process.execPath, ['-e', RESTART, join(data, 'data')]];
    await mkdir(join(data, 'data'), { recursive: true });
    await symlink(programs, join(data, 'data', 'bin')).catch(() => {});
    await writeFile(
      join(data, ETCD),
      [
        `listen-client-urls: ${client}`,
        `advertise-client-urls: ${client}`,
        `listen-peer-urls: ${peer}`,
        `initial-advertise-peer-urls: ${peer}`,
        `initial-cluster: default=${peer}`,
      ].join('\n'),
    );
    const args = ['--data', join(data, 'data'), '--proxy-port', String(port)];
    if (authorization) args.push('--authorization-enabled', 'true');
    if (tls && certificates) {
      args.push('--tls-mode', tls === 'mutual' ? '2' : '1');
      args.push('--server-pem-path', certificates.serverCert, '--server-key-path', certificates.serverKey);
      args.push('--ca-pem-path', certificates.ca);
    }
    for (const setting of [...QUICK, ...(config ?? [])]) args.push('--extra-config', setting);
    return [environment.command('milvus-server'), args];
  });
}

async function startServer(
  name: string,
  commandFor: (data: string, port: number) => Promise<[string, string[]]>,
): Promise<MilvusServer> {
  const folder = await scratch(`milvus-${name}`);
  const port = await freePort();
  let child: ChildProcess | undefined;
  const kill = async () => {
    if (!child) return;
    const ended = new Promise((resolve) =>
      child?.exitCode !== null ? resolve(null) : child?.once('exit', resolve),
    );
    killGroup(child);
    await ended;
    running.delete(child);
    child = undefined;
  };
  const start = () => (name === 'server' ? oneAtATime(launch) : launch());
  const launch = async () => {
    const [command, args] = await commandFor(folder.path, port);
    child = spawn(command, args, {
      cwd: folder.path,
      detached: true, // a group of its own, ended as one
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PYTHONUNBUFFERED: '1',
        HOME: folder.path,
        ETCD_CONFIG_PATH: join(folder.path, ETCD),
      },
    });
    running.add(child);
    let output = '';
    const collect = (bytes: Buffer) => {
      output = (output + bytes).slice(-3000);
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    for (const deadline = Date.now() + 90_000; ; ) {
      if (/listening on|Ctrl\+C to exit/.test(output)) return;
      if (child.exitCode !== null || Date.now() > deadline) {
        await kill();
        throw new Error(`${name} did not start: ${output}\n${await lastFailures(folder.path)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  try {
    await start();
  } catch (error) {
    await folder.remove();
    throw error;
  }
  return {
    uri: `http://127.0.0.1:${port}`,
    port,
    data: folder.path,
    kill,
    start,
    stop: async () => {
      await kill();
      await folder.remove();
    },
  };
}

/**
 * Milvus looks for free ports for its parts, which another Milvus that starts at the same moment finds free too.
 * So test processes start servers one after the other.
 */
async function oneAtATime(start: () => Promise<void>): Promise<void> {
  const lock = join(tmpdir(), 'denscape-milvus-start.lock');
  for (;;) {
    const mine = await mkdir(lock).then(
      () => true,
      () => false,
    );
    if (mine) break;
    const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: Date.now() }));
    // One that was killed leaves its lock behind.
    if (Date.now() - mtimeMs > 120_000) await rm(lock, { recursive: true, force: true });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  try {
    await start();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** PEM files of a private certificate authority and what it signed. */
export interface Certificates {
  ca: string;
  serverCert: string;
  serverKey: string;
  clientCert: string;
  clientKey: string;
}

/** Makes a private certificate authority, a server certificate for 127.0.0.1 and localhost, and a client's. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  await mkdir(folder, { recursive: true });
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  await openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=denscape test authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  for (const [name, subject] of [
    ['server', '/CN=localhost'],
    ['client', '/CN=denscape'],
  ]) {
    await writeFile(at(`${name}.ext`), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    await openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      subject,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    );
    await openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    );
  }
  return {
    ca: at('ca.pem'),
    serverCert: at('server.pem'),
    serverKey: at('server.key'),
    clientCert: at('client.pem'),
    clientKey: at('client.key'),
  };
}
