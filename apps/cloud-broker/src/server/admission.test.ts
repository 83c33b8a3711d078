import { describe, expect, test } from "vitest";

import { awayFromWork, createAdmission, leaveWork } from "./admission.ts";

/** A request that goes step by step as the test says. */
function visit(admission: ReturnType<typeof createAdmission>, to: "vault" | "news" = "vault") {
  const [away, vault, back, end, left] = Array.from({ length: 5 }, () =>
    Promise.withResolvers<undefined>(),
  );
  const isIn = admission.enter(() => {
    void away?.promise
      .then(() => awayFromWork(to, async () => vault?.promise))
      .then(() => back?.resolve(undefined));
    void end?.promise.then(leaveWork).then(() => left?.resolve(undefined));
  });
  return {
    isIn,
    async goAway() {
      away?.resolve(undefined);
      await Promise.resolve();
    },
    async comeBack() {
      vault?.resolve(undefined);
      await back?.promise;
    },
    async leave() {
      end?.resolve(undefined);
      await left?.promise;
    },
  };
}

describe("admission", () => {
  test("takes as many as may be at work, and the next when one has left", async () => {
    const admission = createAdmission(2, () => 0);
    const visits = [visit(admission), visit(admission)];
    expect(visits.map(({ isIn }) => isIn)).toEqual([true, true]);
    expect(visit(admission).isIn).toBe(false);
    await visits[0]?.leave();
    expect(visit(admission).isIn).toBe(true);
    expect(visit(admission).isIn).toBe(false);
  });

  test("gives the place of one that waits for a vault to another, and counts both when it is back", async () => {
    const admission = createAdmission(1, () => 0);
    const one = visit(admission);
    await one.goAway();
    const other = visit(admission);
    expect(other.isIn).toBe(true);
    await one.comeBack();
    await other.leave();
    expect(visit(admission).isIn).toBe(false);
    await one.leave();
    expect(visit(admission).isIn).toBe(true);
  });

  test("counts one that has left while its vault call still runs no more", async () => {
    const admission = createAdmission(1, () => 0);
    const one = visit(admission);
    await one.goAway();
    await one.leave();
    await one.comeBack();
    expect(visit(admission).isIn).toBe(true);
    expect(visit(admission).isIn).toBe(false);
  });

  test("a process that is at its end takes no more than keep it busy, and nobody hides at a vault", async () => {
    let utilization = 0.9;
    const admission = createAdmission(256, () => utilization);
    const visits = Array.from({ length: 64 }, () => visit(admission));
    for (const each of visits) await each.goAway();
    const next = visit(admission);
    expect(next.isIn).toBe(true);
    await next.leave();
    utilization = 0.91;
    expect(visit(admission).isIn).toBe(false);
    await visits[0]?.comeBack();
    expect(visit(admission).isIn).toBe(false);
    await visits[0]?.leave();
    expect(visit(admission).isIn).toBe(true);
    expect(visit(admission).isIn).toBe(false);
  });

  test("those who wait for news take no place however busy the process is", async () => {
    const admission = createAdmission(1, () => 1);
    for (let index = 0; index < 10; index += 1) {
      const waiting = visit(admission, "news");
      expect(waiting.isIn).toBe(true);
      await waiting.goAway();
    }
  });

  test("does not count what is no request's", async () => {
    expect(await awayFromWork("vault", () => Promise.resolve("done"))).toBe("done");
    leaveWork();
  });
});
