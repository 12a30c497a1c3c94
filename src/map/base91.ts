/**
 * Bytes as printable ASCII inside `<script>`: 13 bits in two of 91 characters, 16 characters for 13 bytes, where base64
 * takes 17⅓. The characters that HTML or an attribute's quotes would change (`<`, `&`, `"`) and the space are left out,
 * so a page may also stand in `srcdoc` or pass through an editor.
 */
const FIRST = 0x21;
const ALPHABET = Uint8Array.from({ length: 0x7f - FIRST }, (_, i) => FIRST + i).filter(
  (code) => !'<&"'.includes(String.fromCharCode(code)),
);
const BASE = ALPHABET.length;
const BITS = 13;
/** Bits that fit in one character, which ends a text whose last bits need no second. */
const FEW = 6;

const VALUES = new Uint8Array(128);
for (const [value, code] of ALPHABET.entries()) VALUES[code] = value;

/** The characters' codes for these bytes. */
export function toBase91(bytes: Uint8Array): Uint8Array {
  const codes = new Uint8Array(2 * Math.ceil((bytes.length * 8) / BITS));
  let [held, bits, at] = [0, 0, 0];
  // Not by an iterator, which makes an object a byte until V8 has compiled the loop.
  for (let from = 0; from < bytes.length; from++) {
    held |= bytes[from] << bits;
    bits += 8;
    if (bits < BITS) continue;
    const group = held & (2 ** BITS - 1);
    codes[at++] = ALPHABET[group % BASE];
    codes[at++] = ALPHABET[(group / BASE) | 0];
    held >>>= BITS;
    bits -= BITS;
  }
  if (bits > 0) codes[at++] = ALPHABET[held % BASE];
  if (bits > FEW) codes[at++] = ALPHABET[(held / BASE) | 0];
  return codes.subarray(0, at);
}

/** The bytes of a text of {@link toBase91}. */
export function fromBase91(text: string): Uint8Array<ArrayBuffer> {
  const pairs = text.length >> 1;
  const bytes = new Uint8Array(((pairs * BITS + (text.length % 2) * FEW) / 8) | 0);
  let [held, bits, at] = [0, 0, 0];
  for (let i = 0; i < 2 * pairs; i += 2) {
    held |= (VALUES[text.charCodeAt(i)] + BASE * VALUES[text.charCodeAt(i + 1)]) << bits;
    bits += BITS;
    while (bits >= 8) {
      bytes[at++] = held; // beyond the end of the array it is ignored
      held >>>= 8;
      bits -= 8;
    }
  }
  if (text.length % 2 === 1) bytes[at] = held | (VALUES[text.charCodeAt(2 * pairs)] << bits);
  return bytes;
}
