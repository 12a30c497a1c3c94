/** The longest start of a text that fits into this many bytes of UTF-8, never half a character. */
export function fitText(text: string, bytes: number): string {
  if (text.length * 3 <= bytes || Buffer.byteLength(text) <= bytes) return text;
  const encoded = Buffer.from(text);
  let end = bytes;
  while (end > 0 && (encoded[end] & 0xc0) === 0x80) end--;
  return encoded.toString('utf8', 0, end);
}
