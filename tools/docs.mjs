// Writes the pages and files of the documentation that are generated from tables in the code: `npm
// run docs`. Not here, because they run the system for minutes: `npm run drill -- --write` (the
// runbook's entries), `npm run bench -- publish FILE` (figures) and `npm run portal:pictures`.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./set-up/paths.mjs";

/** A generator writes its files itself, or prints the page that `file` holds. */
const GENERATORS = [
  {
    what: "exports",
    command: ["tools/protocol-index.mjs"],
    file: "packages/protocol/src/index.ts",
  },
  { what: "errors", command: ["packages/errors/docs/main.ts"] },
  { what: "calls", command: ["apps/cloud-broker/test/serve/write-calls.ts"] },
  {
    what: "guards",
    command: ["apps/cloud-broker/test/ways-out/write-guards.ts"],
    file: "docs/customer/guards.md",
  },
  { what: "districts", command: ["tools/districts.mjs"], file: "docs/design/architecture.md" },
  {
    what: "limits",
    command: ["apps/cloud-broker/test/limits/write-limits.ts"],
    file: "docs/reference/limits.md",
  },
  { what: "capacity", command: ["apps/cloud-broker/test/limits/write-capacity.ts"] },
  { what: "dashboard", command: ["deploy/observability/make-dashboard.mjs"] },
  { what: "rules", command: ["deploy/observability/make-rules.mjs"] },
  {
    what: "settings",
    command: ["apps/cloud-broker/src/main.ts", "configuration"],
    file: "docs/reference/configuration.md",
  },
];

for (const { what, command, file } of GENERATORS) {
  const { status, stdout } = spawnSync(process.execPath, command, {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  if (status !== 0) {
    console.error(`The generator of ${what} failed (${String(status)})`);
    process.exit(1);
  }
  if (file !== undefined) writeFileSync(join(root, file), stdout);
  console.log(`${what}: written`);
}
