/**
 * SentencePiece's compiled character map, read exactly as the Rust tokenizers read it: a double-array trie
 * (Darts) from UTF-8 bytes to offsets into a pool of NUL-terminated replacements. A grapheme of fewer than six
 * bytes is looked up whole, then its characters one by one; the shortest match wins.
 * Layout: | trie bytes u32 | trie u32[] | pool |
 */
export function precompiledNormalizer(base64: string): (text: string) => string {
  const bytes = Buffer.from(base64, 'base64');
  const trieBytes = bytes.readUInt32LE(0);
  if (trieBytes % 4 !== 0 || 4 + trieBytes > bytes.length) {
    throw new Error('its precompiled_charsmap is damaged');
  }
  const trie = new Uint32Array(trieBytes / 4);
  for (let unit = 0; unit < trie.length; unit++) trie[unit] = bytes.readUInt32LE(4 + unit * 4);
  const pool = bytes.subarray(4 + trieBytes);

  const offsetOf = (unit: number) => (unit >>> 10) << ((unit & 0x200) >>> 6);
  /** The replacement of the shortest prefix of `chunk` that the trie knows. */
  const lookUp = (chunk: string): string | undefined => {
    let at = offsetOf(trie[0]);
    for (const byte of Buffer.from(chunk, 'utf8')) {
      if (byte === 0) return undefined;
      at ^= byte;
      const unit = trie[at];
      if ((unit & 0x8000_00ff) >>> 0 !== byte) return undefined;
      at ^= offsetOf(unit);
      if ((unit & 0x100) !== 0) {
        const start = trie[at] & 0x7fff_ffff;
        return pool.toString('utf8', start, pool.indexOf(0, start));
      }
    }
    return undefined;
  };

  const known = new Map<string, string>();
  const replace = (chunk: string): string | undefined => {
    let found = known.get(chunk);
    if (found === undefined) {
      found = lookUp(chunk) ?? MISSING;
      if (known.size < 50_000) known.set(chunk, found);
    }
    return found === MISSING ? undefined : found;
  };
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
  const normalizeRun = (run: string): string => {
    let out = '';
    for (const { segment } of graphemes.segment(run)) {
      const whole = Buffer.byteLength(segment) < 6 ? replace(segment) : undefined;
      if (whole !== undefined) out += whole;
      else for (const character of segment) out += replace(character) ?? character;
    }
    return out;
  };
  // Printable ASCII stands for itself in every published map; a neighbour of other characters may belong to
  // their grapheme, so it goes with them.
  const isAsciiPlain = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).every(
    (character) => lookUp(character) === undefined,
  );
  if (!isAsciiPlain) return normalizeRun;
  return (text) => text.replace(/(?:[\x20-\x7e]?[^\x20-\x7e]+)+[\x20-\x7e]?/g, normalizeRun);
}

/** Never a replacement, since the pool holds no lone surrogate. */
const MISSING = '\ud800';
