import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromiumPackage from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';
import { alone } from './lock.js';

/** Unpacks the browser, its libraries and SwiftShader into the temporary folder. Returns the browser's path. */
export async function unpackChromium(): Promise<string> {
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs20.x'; // makes the package unpack its libraries too
  // One process at a time: another would start a browser that is only partly unpacked.
  return alone('chromium', () => chromiumPackage.executablePath());
}

/** Without a GPU, pages are put together two to three times as fast in plain memory; WebGL stays as it is. */
const FASTER = ['--disable-gpu-compositing'];

/**
 * A real headless Chromium from npm alone, WebGL 2 by SwiftShader. The libraries that a bare machine lacks lie
 * in the package's own archive. `leftOut` are arguments of the package that a test can't do with.
 */
export async function openChromium(extraArgs: string[] = [], leftOut: string[] = []): Promise<Browser> {
  const executablePath = await unpackChromium();
  // With these two the browser crashes on its second page.
  const fatal = ['--single-process', '--no-zygote'];
  const args = chromiumPackage.args.filter((arg) => !fatal.includes(arg) && !leftOut.includes(arg));
  const libraries = ['al2023', 'al2']
    .map((name) => join(tmpdir(), name, 'lib'))
    .filter((folder) => existsSync(folder));
  return chromium.launch({
    executablePath,
    args: [...args, ...FASTER, ...extraArgs],
    headless: true,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: [...libraries, process.env.LD_LIBRARY_PATH ?? ''].join(':'),
    } as Record<string, string>,
  });
}
