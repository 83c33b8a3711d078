import { copyFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

import { DEFINE_REVISION } from "@databox-cmk/errors/bundle";
import { defineConfig, type Plugin } from "rolldown";

const FOLDER = "dist/azure-double";
const WASM = "node-sqlite3-wasm.wasm";

/** Beside the program, which loads it from there. */
const sqlite: Plugin = {
  name: "sqlite",
  writeBundle({ dir = FOLDER }) {
    const from = dirname(createRequire(import.meta.url).resolve("node-sqlite3-wasm"));
    copyFileSync(join(from, WASM), join(dir, WASM));
  },
};

/**
 * The test double for its image and its npm package (deploy/broker/pack-npm.mjs). CommonJS, because
 * it reads a builtin's members when it uses them: Node 22 lacks some, which no request of the
 * double needs.
 */
export default defineConfig({
  input: { main: "src/double/main.ts", index: "src/double/library.ts" },
  platform: "node",
  resolve: { alias: { "better-sqlite3": resolve("src/double/memory-database.ts") } },
  transform: { target: "node22", define: DEFINE_REVISION },
  // The broker's own process, which is found by it, is not used.
  checks: { emptyImportMeta: false },
  plugins: [sqlite],
  output: {
    dir: FOLDER,
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name].cjs",
    minify: true,
  },
});
