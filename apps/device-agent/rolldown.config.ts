import { chmodSync, writeFileSync } from "node:fs";

import { defineConfig } from "rolldown";

const LAUNCHER = `#!/bin/sh
# ML-KEM in WebCrypto is experimental in Node 24 and would print a warning into every unlock.
exec node --disable-warning=ExperimentalWarning "$(dirname "$(readlink -f "$0")")/databox-agent.mjs" "$@"
`;

export default defineConfig({
  input: "src/main.ts",
  platform: "node",
  output: {
    file: "dist/databox-agent.mjs",
    format: "esm",
    codeSplitting: false,
    minify: true,
    sourcemap: false,
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
});
