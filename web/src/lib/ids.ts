// Identifiers the page makes itself: 128 random bits, 26 characters of the server's base 32.
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

export function base32(bytes: Uint8Array): string {
  let out = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += DIGITS[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  if (bits > 0) out += DIGITS[(held << (5 - bits)) & 31];
  return out;
}

export function newId(fill: (bytes: Uint8Array<ArrayBuffer>) => void = (b) => crypto.getRandomValues(b)): string {
  const bytes = new Uint8Array(16);
  fill(bytes);
  return base32(bytes);
}
