// @module-tag one-engine

import { sql } from "kysely";
import { expect, test } from "vitest";

import { takesWrites } from "../../src/store/store-health.ts";
import { openBroker } from "../world/open-broker.ts";

const TRIES_MAX = 200;

test("a full disk is an outage of the broker, never a refusal, and ends when there is space again", async () => {
  await using world = await openBroker();
  const device = await world.delivered("full-disk");
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(world.store());
  const limitPages = (pages: number) =>
    sql.raw(`pragma max_page_count = ${String(pages)}`).execute(world.store());
  await limitPages((rows[0]?.page_count ?? 0) + 4);
  let granted = 0;
  let { answer } = await device.unlock("unlock");
  while (answer.kind === "answer" && granted < TRIES_MAX) {
    granted += 1;
    ({ answer } = await device.unlock("unlock"));
  }
  expect(answer).toMatchObject({
    kind: "denial",
    status: 503,
    value: {
      code: "ServiceUnavailable",
      reason: "full",
      class: "unreachable",
      who: "broker-operator",
    },
  });
  expect(world.logLines.at(-1)).toContain("SQLITE_FULL");
  expect(await takesWrites(world.store())).toBe(false);
  await limitPages(1_000_000);
  expect(await takesWrites(world.store())).toBe(true);
  expect(await takesWrites(world.store(), () => Promise.resolve(100_000))).toBe(false);
  const { contentKey } = await device.unlock("unlock");
  expect(await world.opened(device, contentKey)).toBeDefined();
  // Every grant that left has its row, and no row stands for one that did not.
  const rowsOfGrants = (await world.audit(device.order)).filter(
    (row) => row["outcome"] === "granted",
  );
  // One more was to prepare the node.
  expect(rowsOfGrants).toHaveLength(granted + 2);
});
