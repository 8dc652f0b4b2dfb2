// The published encoder as its makers run it: tfjs with its WebAssembly backend, one thread.
//   node tfjs.mjs WEIGHTS SENTENCES.txt            prints JSON: milliseconds a sentence
//   node tfjs.mjs WEIGHTS SENTENCES.txt --embeddings   prints the pieces and the vector of each line
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const tf = require("@tensorflow/tfjs");
const wasm = require("@tensorflow/tfjs-backend-wasm");
const { Tokenizer } = require("@tensorflow-models/universal-sentence-encoder");

const [weights, file, mode] = process.argv.slice(2);
const folder = dirname(require.resolve("@tensorflow/tfjs-backend-wasm"));
wasm.setThreadsCount(1);
wasm.setWasmPaths(folder + "/");
await tf.setBackend("wasm");
await tf.ready();

const json = JSON.parse(readFileSync(join(weights, "model.json"), "utf8"));
const shards = json.weightsManifest.flatMap((group) => group.paths);
const bytes = Buffer.concat(shards.map((path) => readFileSync(join(weights, path))));
const model = await tf.loadGraphModel({
  load: async () => ({
    modelTopology: json.modelTopology,
    weightSpecs: json.weightsManifest.flatMap((group) => group.weights),
    weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  }),
});
const tokenizer = new Tokenizer(JSON.parse(readFileSync(join(weights, "vocab.json"), "utf8")));
const sentences = readFileSync(file, "utf8").split("\n").filter((line) => line !== "");

async function embed(texts) {
  const encodings = texts.map((text) => tokenizer.encode(text));
  const indices = encodings.flatMap((ids, row) => ids.map((_, i) => [row, i]));
  const inputs = {
    indices: tf.tensor2d(indices, [indices.length, 2], "int32"),
    values: tf.tensor1d(encodings.flat(), "int32"),
  };
  const out = await model.executeAsync(inputs);
  const data = await out.data();
  tf.dispose([inputs.indices, inputs.values, out]);
  return data;
}

if (mode === "--embeddings") {
  for (const sentence of sentences) {
    const vector = await embed([sentence]);
    console.log(tokenizer.encode(sentence).join(" ") + " | " + Array.from(vector).join(" "));
  }
} else {
  const result = { backend: tf.getBackend(), sentences: sentences.length };
  for (const batch of [1, 32]) {
    let best = Infinity;  // of three rounds: the least disturbed by whatever else the machine does
    await embed(sentences.slice(0, batch));
    for (let round = 0; round < 3; ++round) {
      const start = process.hrtime.bigint();
      for (let i = 0; i < sentences.length; i += batch) await embed(sentences.slice(i, i + batch));
      best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9);
    }
    result[`batch${batch}`] = (1e3 * best) / sentences.length;
  }
  console.log(JSON.stringify(result));
}
