// @module-tag one-engine

import { orderNodes } from "@databox-cmk/protocol";
import { sql } from "kysely";
import { expect, test } from "vitest";

import { findWriteTrouble } from "../../src/store/store-health.ts";
import { exactly } from "../world/exactly.ts";
import { API } from "../world/jobs.ts";
import { openBroker } from "../world/open-broker.ts";

const hardlyAny = () => Promise.resolve(100_000);
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
  const full = { code: "ServiceUnavailable", reason: "full" };
  expect(await findWriteTrouble(world.store())).toMatchObject(full);
  world.clock.nowMs += 11_000;
  const { json } = await world.call("GET", `${device.order}/nodes?${API}`);
  expect(exactly(orderNodes, json).verdict).toMatchObject({
    state: "Waiting",
    channels: [],
    causes: [{ code: "ServiceUnavailable", details: [{ code: "full" }] }],
    nextStep: { who: "broker-operator" },
  });
  await limitPages(1_000_000);
  expect(await findWriteTrouble(world.store())).toBeUndefined();
  expect(await findWriteTrouble(world.store(), hardlyAny)).toMatchObject(full);
  const { contentKey } = await device.unlock("unlock");
  expect(await world.opened(device, contentKey)).toBeDefined();
  // Every grant that left has its row, and no row stands for one that did not.
  const rowsOfGrants = (await world.audit(device.order)).filter(
    (row) => row["outcome"] === "granted",
  );
  // One more was to prepare the node.
  expect(rowsOfGrants).toHaveLength(granted + 2);
});
