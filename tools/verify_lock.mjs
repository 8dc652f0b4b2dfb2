// usage: node verify_lock.mjs FOLDER
// Fails unless every package in FOLDER/node_modules is in FOLDER/package-lock.json with the same
// version and the same SHA-512: what "npm ci" promises.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const packages = (name) => JSON.parse(readFileSync(join(folder, name), "utf8")).packages;
const locked = packages("package-lock.json");
let bad = 0;
for (const [name, { version, integrity }] of Object.entries(packages("node_modules/.package-lock.json"))) {
  const wanted = locked[name];
  if (!integrity?.startsWith("sha512-") || wanted?.version !== version || wanted.integrity !== integrity) {
    console.error(`${name} ${version} is not what package-lock.json names`);
    bad += 1;
  }
}
process.exit(bad ? 1 : 0);
