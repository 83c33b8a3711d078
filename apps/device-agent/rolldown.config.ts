import { chmodSync, writeFileSync } from "node:fs";

import { defineConfig } from "rolldown";

const LAUNCHER = `#!/bin/sh
# ML-KEM in WebCrypto is experimental in Node 24 and would print a warning into every unlock.
exec node --disable-warning=ExperimentalWarning "$(dirname "$(readlink -f "$0")")/databox-agent.mjs" "$@"
`;

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
    plugins: [
      {
        name: "launcher",
        writeBundle() {
          writeFileSync("dist/databox-agent", LAUNCHER);
          chmodSync("dist/databox-agent", 0o755);
        },
      },
    ],
  },
  {
    input: "src/program.ts",
    platform: "node",
    // Modules only declare things, so what is not used is left out: schemas of the ARM API, jose, node-forge.
    treeshake: { moduleSideEffects: false },
    output: { file: "dist/program.mjs", format: "esm", codeSplitting: false, minify: true },
  },
]);
