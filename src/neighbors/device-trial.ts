import { atExit } from '../files/at-exit.js';
import { forkModule } from '../programs.js';

/**
 * Tries a device in a process of its own, where what its libraries print about a missing driver is dropped, and a driver that
 * fails takes nothing with it. @returns why it can't be used, undefined where it can
 */
export function tryDevice(name: string, signal?: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = forkModule('./device-process', import.meta.url, {
      args: [name],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const kill = () => void child.kill('SIGKILL');
    const forget = atExit(kill);
    let reason: string | undefined = `device "${name}": a process that tried it ended`;
    child.on('message', (message) => {
      reason = message === '' ? undefined : String(message);
    });
    signal?.addEventListener('abort', kill);
    const end = (failure?: Error) => {
      forget();
      signal?.removeEventListener('abort', kill);
      if (signal?.aborted) reject(signal.reason);
      else resolve(failure ? failure.message : reason);
    };
    child.once('exit', () => end());
    child.once('error', end);
  });
}
