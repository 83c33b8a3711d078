// Makes the npm package of the test double, with the licences of all that it contains.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { DOUBLE } from "./lay-out-app.mjs";

const { values } = parseArgs({ options: { out: { type: "string", default: "artifacts" } } });
mkdirSync(values.out, { recursive: true });
const work = mkdtempSync(join(tmpdir(), `${DOUBLE.name}-`));
try {
  await DOUBLE.layOut(work, []);
  execFileSync("npm", ["pack", work, "--pack-destination", values.out], { stdio: "inherit" });
} finally {
  rmSync(work, { recursive: true, force: true });
}
