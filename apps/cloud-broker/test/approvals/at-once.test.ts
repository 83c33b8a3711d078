import { describe, expect, test } from "vitest";

import { createAppendAudit } from "../../src/audit/append-audit.ts";
import { createCommit } from "../../src/store/group-commit.ts";
import { meetingOf } from "../custody/custody-world.ts";
import { ENGINE, openTestStore } from "../store/open-test-store.ts";
import { createFleet, EXPIRES_AT_MS } from "./fleet.ts";

const immediately = () => Promise.resolve();
const many = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("two hundred at once", () => {
  // Evidence: A kill switch that fails open.
  test("polls of an approved request: one is granted, the others are replays", async () => {
    await using fleet = await createFleet(immediately, await openTestStore(":memory:"));
    await fleet.poll("request");
    await fleet.say("approved", "ada");
    await fleet.say("approved", "ben");
    const outcomes = await Promise.all(many(200).map(() => fleet.poll("request")));
    expect(outcomes.filter((outcome) => outcome === "grant")).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(["grant", "ReplayDetected"]));
  });

  test("polls and rejections: one of them ends it", async () => {
    await using fleet = await createFleet(immediately, await openTestStore(":memory:"));
    await fleet.poll("request");
    await fleet.say("approved", "ada");
    await fleet.say("approved", "ben");
    await Promise.all(
      many(200).map((index) => {
        if (index % 3 === 0) return fleet.poll("request");
        return fleet.say("rejected", `rex${String(index)}`);
      }),
    );
    const ends = fleet.log.filter((entry) => entry === "grant" || entry.startsWith("rejected"));
    expect(ends).toHaveLength(1);
    const votes = await fleet.store
      .selectFrom("approval_votes")
      .select("object_id")
      .where("decision", "=", "rejected")
      .execute();
    expect(votes.length).toBe(ends[0] === "grant" ? 0 : 1);
  });
});

test("two requests of one node that two replicas open at once: one of them waits", async () => {
  const store = await openTestStore(":memory:");
  const appendAudit = createAppendAudit({ now: () => EXPIRES_AT_MS });
  // On SQLite one transaction waits for the end of the other.
  const meet = meetingOf(ENGINE === "postgres" ? 2 : 1);
  await using fleet = await createFleet(immediately, store, {
    commit: createCommit(store),
    async appendAudit(...row) {
      // Both have ended the open requests, and added their own.
      await meet();
      return appendAudit(...row);
    },
  });
  await Promise.all(["first", "second"].map((request) => fleet.poll(request)));
  const opened = await store
    .selectFrom("approvals")
    .select(["state", "void_reason"])
    .orderBy("state")
    .execute();
  expect(opened).toEqual([
    { state: "open", void_reason: null },
    { state: "void", void_reason: "superseded" },
  ]);
});
