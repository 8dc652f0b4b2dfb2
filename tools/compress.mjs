// usage: node compress.mjs FROM TO
// For every file below FROM writes TO/x.br and TO/x.gz where they are at least a tenth smaller.
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const [from, to] = process.argv.slice(2);
rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });

for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const bytes = readFileSync(path);
  const forms = {
    br: brotliCompressSync(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
    gz: gzipSync(bytes, { level: 9 }),
  };
  for (const [ending, packed] of Object.entries(forms)) {
    if (packed.length > bytes.length * 0.9) continue;
    const target = join(to, `${relative(from, path)}.${ending}`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, packed);
  }
}
