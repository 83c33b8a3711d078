import { copyFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

import { DEFINE_REVISION } from "@databox-cmk/errors/bundle";
import { VERSION } from "@databox-cmk/protocol";
import { defineConfig, type Plugin } from "rolldown";

const PACKAGE = "dist/azure-double";
const WASM = "node-sqlite3-wasm.wasm";

/** Puts all that the program needs beside it, so that npx fetches nothing. */
const npmPackage: Plugin = {
  name: "npm-package",
  writeBundle({ dir = PACKAGE }) {
    const sqlite = dirname(createRequire(import.meta.url).resolve("node-sqlite3-wasm"));
    copyFileSync(join(sqlite, WASM), join(dir, WASM));
    copyFileSync("src/double/azure-double.d.ts", join(dir, "index.d.ts"));
    copyFileSync("../azure-emulator/README.md", join(dir, "README.md"));
    copyFileSync("../../LICENSE", join(dir, "LICENSE"));
    const manifest = {
      name: "@databox-cmk/azure-double",
      version: VERSION,
      description: "A test double of Azure for Microsoft.DataBox with customer-managed keys",
      license: "MIT",
      keywords: ["azure", "key-vault", "entra", "data-box", "emulator", "test"],
      bin: { "azure-double": "main.cjs" },
      type: "commonjs",
      exports: { ".": { types: "./index.d.ts", default: "./index.cjs" } },
      types: "index.d.ts",
      engines: { node: ">=20" },
    };
    writeFileSync(join(dir, "package.json"), JSON.stringify(manifest, undefined, 2));
  },
};

/**
 * The test double as an npm package. CommonJS, because it reads a builtin's members when it uses
 * them: Node 20 lacks some, which no request of the double needs.
 */
export default defineConfig({
  input: { main: "src/double/main.ts", index: "src/double/library.ts" },
  platform: "node",
  resolve: { alias: { "better-sqlite3": resolve("src/double/memory-database.ts") } },
  transform: { target: "node20", define: DEFINE_REVISION },
  // The broker's own process, which is found by it, is not used.
  checks: { emptyImportMeta: false },
  plugins: [npmPackage],
  output: {
    dir: PACKAGE,
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name].cjs",
    minify: true,
  },
});
