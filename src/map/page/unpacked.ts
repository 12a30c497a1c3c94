import { fromBase91 } from '../base91.js';

/** Without a Blob or a Response between: Chromium failed to read back large ones where memory files are small. */
async function gunzip(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const { readable, writable } = new DecompressionStream('gzip');
  const writer = writable.getWriter();
  // Errors of the writing side surface on the reading side too.
  writer.write(packed).catch(() => {});
  writer.close().catch(() => {});
  // The last four bytes of gzip are the length of what it holds.
  const length = new DataView(packed.buffer).getUint32(packed.length - 4, true);
  const bytes = new Uint8Array(length);
  const reader = readable.getReader();
  for (let at = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes.set(value, at);
    at += value.length;
  }
}

/** The bytes of a block, from the element that holds it. */
export const unpacked = (holder: Element): Promise<Uint8Array> =>
  gunzip(fromBase91(holder.textContent.trim()));
