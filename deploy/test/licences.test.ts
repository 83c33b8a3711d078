import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";
import * as z from "zod";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Linked by the set-up. */
const PNPM = join(root, "node_modules/.bin/pnpm");

/** Licences that only require their text in the shipped files (LICENCES.txt). */
const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Python-2.0",
  "Unlicense",
  "(MIT OR Apache-2.0)",
  // node-forge: one of the two is chosen, and the second is copyleft.
  "(BSD-3-Clause OR GPL-2.0)",
]);
const listed = z.record(z.string(), z.array(z.object({ name: z.string() })));

describe.each(["cloud-broker", "device-agent", "portal"])("of %s", (app) => {
  // Evidence: The supply chain.
  test("no licence is shipped that is not on the list", () => {
    const filter = ["--filter", `@databox-cmk/${app}...`];
    const { stdout, status } = spawnSync(
      PNPM,
      ["--silent", ...filter, "licenses", "list", "--prod", "--json"],
      { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
    );
    expect(status).toBe(0);
    const byLicence = listed.parse(JSON.parse(stdout));
    expect(Object.values(byLicence).flat().length).toBeGreaterThan(2);
    const others = Object.entries(byLicence).filter(([licence]) => !ALLOWED.has(licence));
    expect(
      others.map(([licence, packages]) => [licence, packages.map(({ name }) => name)]),
    ).toEqual([]);
  });
});
