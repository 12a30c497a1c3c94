import { blockId } from '../format.js';
import { unpacked } from './unpacked.js';

/** Runs the page's script, which is packed as the data is. The page's policy names it by its hash. */
async function boot(): Promise<void> {
  const holder = document.getElementById(blockId.script);
  if (!holder) throw new Error('this file lacks its script');
  const script = document.createElement('script');
  script.textContent = new TextDecoder().decode(await unpacked(holder));
  document.body.append(script);
}

boot().catch((error: unknown) => {
  const sentence = document.createElement('p');
  sentence.className = 'failure';
  sentence.setAttribute('role', 'alert');
  const reason = error instanceof Error ? error.message : String(error);
  sentence.textContent = `This map can't be shown: ${reason}`;
  document.body.append(sentence);
  throw error;
});
