// What a client's first visit loads, compressed as the server sends it. Fails over the limit.
import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const LIMIT = 40 * 1024;
const dist = new URL('../dist/', import.meta.url);
const html = readFileSync(new URL('index.html', dist), 'utf8');
const files = ['index.html', ...[...html.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((m) => m[1])];
let total = 0;
for (const file of files) {
  const raw = readFileSync(new URL(file, dist));
  const brotli = brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
  total += brotli;
  console.log(`${String(raw.length).padStart(7)} raw ${String(gzipSync(raw).length).padStart(6)} gzip ${String(brotli).padStart(6)} brotli  ${file}`);
}
const good = total <= LIMIT;
console.log(`first load: ${total} bytes brotli of ${LIMIT} allowed`);
console.log(`${good ? 1 : 0} passed, ${good ? 0 : 1} failed`);
process.exit(good ? 0 : 1);
