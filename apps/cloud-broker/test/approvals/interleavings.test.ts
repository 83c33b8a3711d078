import { fc, test as property } from "@fast-check/vitest";
import { describe, expect } from "vitest";

import { readApprovalOf } from "../../src/release/approvals/stored-approvals.ts";
import { openStore } from "../../src/store/open-store.ts";
import { createFleet, EXPIRES_AT_MS } from "./fleet.ts";

const ACTIONS = ["poll", "ada", "ben", "cem", "reject", "revoke", "expire"] as const;

describe("one approval, on three replicas, in any order of their steps", () => {
  property.prop(
    [fc.scheduler(), fc.array(fc.constantFrom(...ACTIONS), { minLength: 3, maxLength: 9 })],
    { numRuns: 150 },
  )(
    "gives one grant at most, after two approvals, and never after its end",
    async (scheduler, actions) => {
      let scheduled = false;
      const turn = () => (scheduled ? scheduler.schedule(Promise.resolve()) : Promise.resolve());
      await using fleet = await createFleet(turn, await openStore(":memory:"));
      expect(await fleet.poll("request")).toBe("wait");
      scheduled = true;
      const running = [...actions, "poll", "poll", "poll"].map((action) => {
        switch (action) {
          case "reject":
            return fleet.say("rejected", "rex");
          case "revoke":
            return fleet.revoke();
          case "expire":
            return fleet.expire();
          case "poll":
            return fleet.poll("request");
          default:
            return fleet.say("approved", action);
        }
      });
      await scheduler.waitFor(Promise.all(running));
      scheduled = false;
      await fleet.poll("request");
      await fleet.poll("request");

      const granted = fleet.log.flatMap((entry, index) => (entry === "grant" ? [index] : []));
      expect(granted.length).toBeLessThanOrEqual(1);
      const [at] = granted;
      if (at === undefined) return;
      const before = fleet.log.slice(0, at);
      const approvers = new Set(before.filter((entry) => entry.startsWith("approved")));
      expect(approvers.size).toBeGreaterThanOrEqual(2);
      for (const end of ["rejected rex", "revoked"]) expect(before).not.toContain(end);
      expect(fleet.grantedAtMs[0]).toBeLessThan(EXPIRES_AT_MS);
      expect(await readApprovalOf(fleet.store, "request")).toMatchObject({ state: "released" });
    },
  );

  property.prop([fc.scheduler(), fc.constantFrom("reject", "revoke", "expire")], { numRuns: 100 })(
    "that was granted has no effect after the request ends, also during the vault's call",
    async (scheduler, end) => {
      let scheduled = false;
      const turn = () => (scheduled ? scheduler.schedule(Promise.resolve()) : Promise.resolve());
      await using fleet = await createFleet(turn, await openStore(":memory:"));
      await fleet.poll("request");
      await fleet.say("approved", "ada");
      await fleet.say("approved", "ben");
      scheduled = true;
      const ending = () => {
        if (end === "reject") return fleet.say("rejected", "rex");
        return end === "revoke" ? fleet.revoke() : fleet.expire();
      };
      await scheduler.waitFor(
        Promise.all([fleet.poll("request"), fleet.poll("request"), ending()]),
      );
      const granted = fleet.log.indexOf("grant");
      const ended = fleet.log.findIndex((entry) => /^(?:rejected|revoked)/.test(entry));
      expect(granted === -1 || ended === -1 || granted < ended).toBe(true);
      expect(fleet.grantedAtMs[0] ?? 0).toBeLessThan(EXPIRES_AT_MS);
      expect(granted === -1 && ended === -1 && !fleet.log.includes("expired")).toBe(false);
    },
  );

  property.prop([fc.scheduler()], { numRuns: 50 })(
    "is granted in the end when nothing ends it",
    async (scheduler) => {
      let scheduled = false;
      const turn = () => (scheduled ? scheduler.schedule(Promise.resolve()) : Promise.resolve());
      await using fleet = await createFleet(turn, await openStore(":memory:"));
      await fleet.poll("request");
      scheduled = true;
      const words = [fleet.say("approved", "ada"), fleet.say("approved", "ben")];
      const polls = [fleet.poll("request"), fleet.poll("request"), fleet.poll("request")];
      await scheduler.waitFor(Promise.all([...words, ...polls]));
      scheduled = false;
      await fleet.poll("request");
      expect(fleet.log.filter((entry) => entry === "grant")).toHaveLength(1);
    },
  );
});
