import { VERSION } from "@databox-cmk/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { FleetFigures } from "./fleet-figures.ts";
import { createMetrics } from "./metrics.ts";

const FIGURES: FleetFigures = {
  leases: new Map([["live", 3]]),
  openLeases: 2,
  campaignIdleSeconds: 0,
  relocksUnconfirmed: 2,
  keyHealth: new Map(),
  revocations: new Map(),
  restoresUnconfirmed: 0,
  waitingEvents: 0,
  probesOverdueSeconds: 0,
  probeLoad: 0,
  upkeepSeconds: new Map(),
  upkeepOk: new Map(),
  migrationsPending: 0,
};
/** The samples of the whole installation: all of them come from the database. */
const OF_THE_DATABASE =
  /^databox_(?:leases|key_health|revocations|webhook_events_waiting|probe|relocks|campaign)/m;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("a scrape has the figures of the whole installation", async () => {
  const text = await createMetrics(() => Promise.resolve(FIGURES)).registry.metrics();
  expect(text).toContain("databox_database_up 1");
  expect(text).toContain('databox_leases{state="live"} 3');
  expect(text).toContain("databox_webhook_events_waiting 0");
  expect(text).toContain("databox_relocks_unconfirmed 2");
});

test("counters of an outage begin at 0, so that Prometheus sees the first failure", async () => {
  const text = await createMetrics(() => Promise.resolve(FIGURES)).registry.metrics();
  for (const line of [
    'databox_device_messages_total{action="unlock",outcome="failed",code="ServiceUnavailable"} 0',
    'databox_vault_calls_total{operation="unwrap",code="KeyVaultUnreachable"} 0',
  ])
    expect(text).toContain(line);
});

test("a volume that closes within a minute is in the bucket of the service level", async () => {
  const metrics = createMetrics(() => Promise.resolve(FIGURES));
  metrics.relocked(60_000);
  metrics.relocked(60_001);
  const text = await metrics.registry.metrics();
  expect(text).toContain('databox_relock_seconds_bucket{le="60"} 1');
  expect(text).toContain("databox_relock_seconds_count 2");
});

test.each([
  ["fails", () => Promise.reject(new Error("no database"))],
  ["hangs", () => new Promise<never>(() => undefined)],
])("a scrape tells what the process itself knows when its database %s", async (_how, figures) => {
  const metrics = createMetrics(figures);
  metrics.answered({
    action: "unlock",
    outcome: "failed",
    code: "ServiceUnavailable",
    elapsedMs: 5,
  });
  const scraped = metrics.registry.metrics();
  await vi.advanceTimersByTimeAsync(2_000);
  const text = await scraped;
  expect(text).toContain("databox_database_up 0");
  expect(text).toContain(`databox_build_info{version="${VERSION}",revision="unknown revision"} 1`);
  expect(text).toContain('code="ServiceUnavailable"} 1');
  expect(text).not.toMatch(OF_THE_DATABASE);
});

test("the next scrape shows a database that answers again", async () => {
  let isUp = false;
  const { registry } = createMetrics(() =>
    isUp ? Promise.resolve(FIGURES) : Promise.reject(new Error("no database")),
  );
  expect(await registry.metrics()).toContain("databox_database_up 0");
  isUp = true;
  expect(await registry.metrics()).toContain("databox_webhook_events_waiting 0");
});
