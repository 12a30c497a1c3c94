import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonEnvironment } from './python.js';

const run = promisify(execFile);

/** Milvus Lite imports pymilvus without requiring it. */
export const LITE = ['milvus-lite==3.2.2', 'pymilvus==3.0.2'];
const SERVER = ['milvus==2.3.5', 'setuptools<81'];

/** The interpreter that has Milvus Lite; give it to denscape as DENSCAPE_PYTHON. */
export async function litePython(): Promise<string> {
  return (await pythonEnvironment('milvus-lite', LITE)).python;
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
  return startServer('lite', (data, port) => [
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

/** Milvus 2.3.5, the whole server. */
export async function startMilvus(options: ServerOptions = {}): Promise<MilvusServer> {
  const environment = await pythonEnvironment('milvus', SERVER);
  const { authorization, tls, certificates, config } = options;
  return startServer('server', (data, port) => {
    const args = ['--data', join(data, 'data'), '--proxy-port', String(port)];
    if (authorization) args.push('--authorization-enabled', 'true');
    if (tls && certificates) {
      args.push('--tls-mode', tls === 'mutual' ? '2' : '1');
      args.push('--server-pem-path', certificates.serverCert, '--server-key-path', certificates.serverKey);
      args.push('--ca-pem-path', certificates.ca);
    }
    if (config) args.push('--extra-config', config.join(','));
    return [environment.command('milvus-server'), args];
  });
}

async function startServer(
  name: string,
  commandFor: (data: string, port: number) => [string, string[]],
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
  const start = async () => {
    const [command, args] = commandFor(folder.path, port);
    child = spawn(command, args, {
      cwd: folder.path,
      detached: true, // a group of its own, ended as one
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PYTHONUNBUFFERED: '1', HOME: folder.path },
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
        throw new Error(`${name} did not start: ${output}`);
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
  await readFile(at('client.pem'));
  return {
    ca: at('ca.pem'),
    serverCert: at('server.pem'),
    serverKey: at('server.key'),
    clientCert: at('client.pem'),
    clientKey: at('client.key'),
  };
}
