import type { BrokerHealthView } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { checkBroker } from "./broker-checks.ts";

const well: BrokerHealthView = {
  asOf: "2026-01-01T00:00:00Z",
  startedAt: "2026-01-01T00:00:00Z",
  database: "ok",
  vaults: { lastAnswerAgeSeconds: 3, lastOutageAgeSeconds: null },
  leases: {},
  keyHealth: { healthy: 7 },
  revocations: {},
  webhookEventsWaiting: 0,
  probeOverdueSeconds: 0,
};
const findings = (health: BrokerHealthView) =>
  checkBroker(health).flatMap(({ name, state, finding }) =>
    state === "good" ? [] : [`${name} ${finding}: ${state}`],
  );

test("a broker that is well has nothing to tell", () => {
  expect(findings(well)).toEqual([]);
});

test.each([
  [{ database: "failed" }, "database failed: bad"],
  [{ database: "outdated" }, "database outdated: bad"],
  [{ vaults: { lastAnswerAgeSeconds: 90, lastOutageAgeSeconds: 2 } }, "vaults silent: bad"],
  [{ vaults: { lastAnswerAgeSeconds: null, lastOutageAgeSeconds: 2 } }, "vaults silent: bad"],
  [{ probeOverdueSeconds: 61 }, "probes late: bad"],
  [{ keyHealth: { unusable: 1 } }, "keys unusable: watch"],
  [{ revocations: { fleet: 1 } }, "switches standing: watch"],
  [{ webhookEventsWaiting: 101 }, "events many: watch"],
])("%j is told", (changed, finding) => {
  expect(findings({ ...well, ...changed })).toEqual([finding]);
});

test("an outage that is over is none", () => {
  expect(
    findings({ ...well, vaults: { lastAnswerAgeSeconds: 1, lastOutageAgeSeconds: 60 } }),
  ).toEqual([]);
});

test("a broker without a vault call so far is not a broken one", () => {
  const vaults = { lastAnswerAgeSeconds: null, lastOutageAgeSeconds: null };
  expect(findings({ ...well, vaults })).toEqual([]);
});
