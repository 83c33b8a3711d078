import { chmodSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

import { defineConfig } from "rolldown";
import type { Plugin } from "rolldown";

/** An installed agent has its own Node beside it (deploy/agent). */
const LAUNCHER = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
node=$here/node
[ -x "$node" ] || node=node
# ML-KEM in WebCrypto is experimental in Node 24 and would print a warning into every unlock.
exec "$node" --disable-warning=ExperimentalWarning "$here/databox-agent.mjs" "$@"
`;

const BUILTIN_IMPORT = /^import \{([^}]*)\} from "(node:[\w/]+)";$/gm;

/**
 * `import { x } from "node:y"` → `const { x } = process.getBuiltinModule("node:y")`. For an import Node first reads every
 * export of the module, and with it what hides behind lazy ones (fs.promises, the root certificates): 5 ms of a cold start.
 */
const builtinsWithoutImport: Plugin = {
  name: "builtins-without-import",
  renderChunk: (code) =>
    code.replaceAll(BUILTIN_IMPORT, (_line, names: string, module: string) => {
      const members = names.replaceAll(/\bas\b/g, ":");
      return `const {${members}} = process.getBuiltinModule("${module}");`;
    }),
};

const launcher: Plugin = {
  name: "launcher",
  writeBundle() {
    writeFileSync("dist/databox-agent", LAUNCHER);
    chmodSync("dist/databox-agent", 0o755);
  },
};

/** Two files: a start of ten lines, which turns V8's compile cache on, and the program, which is then taken from it. */
export default defineConfig([
  {
    input: "src/main.ts",
    platform: "node",
    external: [/program\.ts$/],
    output: {
      file: "dist/databox-agent.mjs",
      format: "esm",
      paths: (id) => (id.endsWith("program.ts") ? "./program.mjs" : id),
    },
    plugins: [builtinsWithoutImport, launcher],
  },
  {
    input: "src/program.ts",
    platform: "node",
    resolve: { alias: { "zod/mini": resolve("src/lean-zod/index.ts") } },
    // Modules only declare things, so what is not used is left out: schemas of the ARM API, jose, node-forge.
    treeshake: { moduleSideEffects: false },
    // Those schemas name parts of zod that the lean one lacks; they are left out, and what stays in is tested against zod.
    checks: { importIsUndefined: false },
    output: { file: "dist/program.mjs", format: "esm", codeSplitting: false, minify: true },
    plugins: [builtinsWithoutImport],
  },
]);
