import { describe, expect, test } from "vitest";

import { awayFromWork, createAdmission, leaveWork } from "./admission.ts";

/** A request that goes step by step as the test says. */
function visit(admission: ReturnType<typeof createAdmission>) {
  const [away, vault, back, end, left] = Array.from({ length: 5 }, () =>
    Promise.withResolvers<undefined>(),
  );
  const isIn = admission.enter(() => {
    void away?.promise
      .then(() => awayFromWork(async () => vault?.promise))
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
    const admission = createAdmission(2);
    const visits = [visit(admission), visit(admission)];
    expect(visits.map(({ isIn }) => isIn)).toEqual([true, true]);
    expect(visit(admission).isIn).toBe(false);
    await visits[0]?.leave();
    expect(visit(admission).isIn).toBe(true);
    expect(visit(admission).isIn).toBe(false);
  });

  test("gives the place of one that waits for a vault to another, and counts both when it is back", async () => {
    const admission = createAdmission(1);
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
    const admission = createAdmission(1);
    const one = visit(admission);
    await one.goAway();
    await one.leave();
    await one.comeBack();
    expect(visit(admission).isIn).toBe(true);
    expect(visit(admission).isIn).toBe(false);
  });

  test("does not count what is no request's", async () => {
    expect(await awayFromWork(() => Promise.resolve("done"))).toBe("done");
    leaveWork();
  });
});
