import { createHash } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { builtinsWithoutImport, DEFINE_REVISION } from "@databox-cmk/errors/bundle";
import { defineConfig, type InputOptions, type OutputChunk, type Plugin } from "rolldown";

import { NODE_FLAGS } from "./src/core/node-flags.ts";

/**
 * An installed agent has its own Node beside it (deploy/agent). Only the shell's own words: each
 * program that it starts takes 1 ms.
 */
const LAUNCHER = `#!/bin/sh
file=$0
[ ! -L "$file" ] || file=$(readlink -f "$file")
case $file in */*) here=\${file%/*} ;; *) here=. ;; esac
node=$here/node
[ -x "$node" ] || node=node
# Whom the agent trusts is in its own settings.
unset NODE_EXTRA_CA_CERTS SSL_CERT_FILE SSL_CERT_DIR
exec "$node" ${NODE_FLAGS.join(" ")} "$here/databox-agent.mjs" "$@"
`;

/** `rolldown -c --dir FOLDER` builds elsewhere, where others use this one. */
const FOLDER = "dist";

const launcher: Plugin = {
  name: "launcher",
  writeBundle({ dir = FOLDER }) {
    const file = join(dir, "databox-agent");
    writeFileSync(file, LAUNCHER);
    chmodSync(file, 0o755);
  },
};

const ENTRY = "program.cjs";

/**
 * Each chunk is a function, so that V8 reads over what a command does not use. The first line tells
 * this program from others.
 */
const oneFile: Plugin = {
  name: "one-file",
  generateBundle(_options, bundle) {
    const chunks = Object.values(bundle).filter((output) => output.type === "chunk");
    for (const { fileName } of chunks) Reflect.deleteProperty(bundle, fileName);
    const source = toAscii(joinChunks(chunks));
    const id = createHash("sha256").update(source).digest("hex");
    this.emitFile({ type: "asset", fileName: ENTRY, source: `// ${id}\n${source}` });
  },
};

function joinChunks(chunks: readonly OutputChunk[]): string {
  const functions = chunks.map(
    ({ fileName, code }) =>
      `"./${fileName}": function (exports, require, module, __filename) {\n${code}\n}`,
  );
  return `(function (builtin, __filename) {
const chunks = {${functions.join(",\n")}};
const loaded = {};
function require(name) {
  if (!(name in chunks)) return builtin(name);
  if (!(name in loaded)) {
    const module = { exports: loaded[name] = {} };
    chunks[name](module.exports, require, module, __filename);
  }
  return loaded[name];
}
return require("./${ENTRY}");
})`;
}

/** Other text takes Node twice as long, and V8 twice the memory. */
function toAscii(code: string): string {
  return code.replaceAll(
    /[^\0-\u007f]/g,
    (letter) => String.raw`\u` + letter.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

/** Options of every bundle that contains the program; tests that kill the agent make their own. */
export const PROGRAM = {
  platform: "node",
  transform: { define: DEFINE_REVISION },
  resolve: { alias: { "zod/mini": resolve(import.meta.dirname, "src/lean-zod/index.ts") } },
  // Modules only declare things, so what is not used is left out: schemas of the ARM API, jose,
  // node-forge.
  treeshake: { moduleSideEffects: false },
  // Those schemas name parts of zod that the lean one lacks; they are left out, and a test
  // compares the rest with zod.
  checks: { importIsUndefined: false, ineffectiveDynamicImport: false },
} as const satisfies InputOptions;

/**
 * A start, which takes the compiled program from its last run (src/bundle); the program; and a
 * thread of it, which starts from a file.
 */
export default defineConfig([
  {
    input: "src/main.ts",
    platform: "node",
    external: [/\/program\.ts$/],
    treeshake: { moduleSideEffects: false },
    output: { dir: FOLDER, entryFileNames: "databox-agent.mjs", format: "esm" },
    plugins: [builtinsWithoutImport, launcher],
  },
  {
    ...PROGRAM,
    input: "src/program.ts",
    output: {
      dir: FOLDER,
      format: "cjs",
      dynamicImportInCjs: false,
      entryFileNames: ENTRY,
      chunkFileNames: "[name].cjs",
      minify: true,
      strictExecutionOrder: true,
      codeSplitting: {
        groups: [{ name: "program" }],
      },
    },
    plugins: [oneFile],
  },
  {
    input: "src/local-ui/certificates/pkcs12-thread.ts",
    platform: "node",
    treeshake: { moduleSideEffects: false },
    output: { dir: FOLDER, entryFileNames: "pkcs12-thread.mjs", format: "esm", minify: true },
  },
]);
