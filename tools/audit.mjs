// `npm run audit` asks the registry for advisories on the versions of the lockfile. It fails for an
// advisory that tools/accepted-advisories.json does not accept, or no longer accepts. If the
// registry cannot be asked, it says so and does not fail: that is not a property of this tree. No
// gate and no test calls it, because the answer may change from one day to the next.
//   npm run audit -- --accepted      shows what is accepted, and asks nobody
//   npm run audit -- --must-answer   fails if the registry cannot be asked, as on CI's schedule
import { spawnSync } from "node:child_process";

import acceptances from "./accepted-advisories.json" with { type: "json" };
import { decideAudit } from "./decide-audit.mjs";
import { root } from "./set-up/paths.mjs";

const WITHIN_MS = 60_000;
/** @type {{ id: string, reason: string, until: string }[]} */
const accepted = acceptances;

if (process.argv.includes("--accepted")) showAccepted();
else ask();

function showAccepted() {
  for (const { id, until, reason } of accepted) console.log(`${id} until ${until}: ${reason}`);
  console.log(`${accepted.length} accepted`);
}

function ask() {
  const { stdout, stderr, error } = spawnSync(
    "pnpm",
    ["audit", "--json", "--config.fetch-retries=0"],
    { cwd: root, encoding: "utf8", timeout: WITHIN_MS },
  );
  const advisories = readReport(stdout);
  if (advisories === undefined) {
    const cause = error?.message ?? `${stdout}\n${stderr}`.trim().split("\n", 1)[0];
    console.log(`Not checked: the registry gave no advisories (${cause})`);
    process.exitCode = process.argv.includes("--must-answer") ? 1 : 0;
  } else report(decideAudit(advisories, accepted, new Date().toISOString().slice(0, 10)));
}

/** @returns undefined when pnpm printed no report */
function readReport(text) {
  try {
    return Object.values(JSON.parse(text).advisories).map((each) => ({
      id: each.github_advisory_id,
      package: each.module_name,
      severity: each.severity,
      title: each.title,
      url: each.url,
    }));
  } catch {
    return undefined;
  }
}

function report({ open, expired, unneeded, fails }) {
  for (const text of open) console.log(`✗ ${text}`);
  for (const text of expired) console.log(`✗ ${text}`);
  for (const id of unneeded) console.log(`No longer needed in accepted-advisories.json: ${id}`);
  console.log(
    fails
      ? "Update the package, or accept the advisory with a reason and a last day."
      : `✓ no advisory that is not accepted (${accepted.length} accepted)`,
  );
  process.exitCode = fails ? 1 : 0;
}
