// Prints packages/protocol/src/index.ts: the exports of every file. Run by `npm run docs`.
import { globSync } from "node:fs";
import { join } from "node:path";

import { root } from "./set-up/paths.mjs";

/** Files whose exports only their neighbours use. */
const INNER = new Set(["arm/fields.ts"]);

export function renderIndex() {
  return globSync("**/*.ts", { cwd: join(root, "packages/protocol/src") })
    .filter((file) => file !== "index.ts" && !file.endsWith(".test.ts") && !INNER.has(file))
    .toSorted()
    .map((file) => `export * from "./${file}";\n`)
    .join("");
}

if (import.meta.main) process.stdout.write(renderIndex());
