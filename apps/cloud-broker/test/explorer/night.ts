import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

/*
 * `npm run explore -- --minutes 60 [--seed N]`: random walks for so long, from this seed on, and the
 * stories of what they violate.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
process.stdout.write(`Walking for ${values.minutes} minutes, from seed ${values.seed}\n`);
const { status } = spawnSync(
  "vitest",
  ["run", "--project", "integration", "apps/cloud-broker/test/explorer/explorer.test.ts"],
  {
    stdio: "inherit",
    // oxlint-disable-next-line node/no-process-env -- handed on
    env: { ...process.env, EXPLORE_MINUTES: values.minutes, EXPLORE_SEED: values.seed },
  },
);
process.exitCode = status ?? 1;
