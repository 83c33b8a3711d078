import { resolve } from "node:path";

import { rolldown } from "rolldown";
import { expect, test } from "vitest";

import { PROGRAM } from "../../rolldown.config.ts";

test("the program holds the English texts without the German", async () => {
  const input = resolve(import.meta.dirname, "../../src/program.ts");
  const built = await rolldown({ ...PROGRAM, input });
  const { output } = await built.generate({ format: "cjs", dynamicImportInCjs: false });
  const code = output.map((file) => (file.type === "chunk" ? file.code : "")).join("\n");
  expect(code).toContain("The key is disabled");
  expect(code).not.toContain("Der Schlüssel ist deaktiviert");
});
