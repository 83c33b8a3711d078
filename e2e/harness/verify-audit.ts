import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { COMPILED_ONCE } from "@databox-cmk/testkit";

import type { World } from "./open-world.ts";
import { BROKER } from "./programs.ts";

/**
 * `broker audit verify` over the running broker's database, as an auditor runs it; chains that it
 * found fault with.
 */
export function verifyAudit({ folder }: World): {
  readonly exitCode: number | null;
  readonly tampered: readonly string[];
} {
  const database = join(folder, "broker", "broker.sqlite");
  // Nodes of these tests are killed and lie, so that grants without a receipt are expected.
  const more = ["--allow-gaps", "--json"];
  const parameters = [BROKER, "audit", "verify", "--database", database, ...more];
  const { status, stdout } = spawnSync(process.execPath, parameters, {
    encoding: "utf8",
    env: { ...process.env, ...COMPILED_ONCE },
  });
  const tampered = stdout.split("\n").filter((line) => line !== "" && !line.includes('"ok":true'));
  return { exitCode: status, tampered };
}
