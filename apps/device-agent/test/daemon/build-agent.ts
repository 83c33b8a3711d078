import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { builtinsWithoutImport, foldTexts } from "@databox-cmk/errors/bundle";
import { rolldown } from "rolldown";

import { PROGRAM } from "../../rolldown.config.ts";

const ENTRY = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/**
 * The agent as it ships, but in one file of a folder of its own, whose compiled code all nodes
 * share. It starts four times faster than from source.
 */
export async function buildAgent(): Promise<string> {
  const file = join(mkdtempSync(join(tmpdir(), "databox-agent-build-")), "agent.mjs");
  const bundle = await rolldown({
    ...PROGRAM,
    input: ENTRY,
    plugins: [foldTexts(), builtinsWithoutImport],
  });
  await bundle.write({ file, format: "esm", codeSplitting: false, minify: true });
  await bundle.close();
  return file;
}
