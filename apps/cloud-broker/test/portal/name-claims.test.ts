import { AppError } from "@databox-cmk/errors";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { createNameClaims } from "../../src/api/portal/name-claims.ts";
import type { Store } from "../../src/store/store.ts";
import { openTestStore } from "../store/open-test-store.ts";

const NAME = "https://management/vaults/kv";
const HOUR_MS = 3_600_000;

let store: Store;
let nowMs: number;
beforeEach(async () => {
  store = await openTestStore(":memory:");
  nowMs = 1_000_000;
});
afterEach(() => store.destroy());

/** Two replicas on one database. */
const replicas = () => [0, 1].map(() => createNameClaims({ store, now: () => nowMs }));
const rows = () => store.selectFrom("name_claims").select("name").execute();
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) => (error instanceof AppError ? error.code : error),
  );
const create = async (confirm: () => Promise<void>) => confirm();

describe("a name under which a replica creates", () => {
  test("is taken for other replicas until it is done, whether it was done or failed", async () => {
    const [here, there] = replicas();
    if (here === undefined || there === undefined) throw new Error("there are two");
    const seen = await here.during(NAME, async (confirm) => {
      const other = await codeOf(there.during(NAME, create));
      const elsewhere = await codeOf(there.during(`${NAME}2`, create));
      await confirm();
      return [other, elsewhere];
    });
    expect(seen).toEqual(["NameTaken", "done"]);
    const failed = codeOf(here.during(NAME, () => Promise.reject(new AppError("BrokerBusy"))));
    expect(await failed).toBe("BrokerBusy");
    expect(await codeOf(there.during(NAME, create))).toBe("done");
  });

  test("is free again after a replica's death, and a replica that was paused writes nothing", async () => {
    const [here, there] = replicas();
    if (here === undefined || there === undefined) throw new Error("there are two");
    let written = 0;
    const paused = here.during(NAME, async (confirm) => {
      nowMs += HOUR_MS;
      await there.during(NAME, async (confirmThere) => {
        await confirmThere();
        await expect(confirm()).rejects.toThrow(AppError);
      });
      await confirm();
      written += 1;
    });
    expect(await codeOf(paused)).toBe("NameTaken");
    expect(written).toBe(0);
    expect(await codeOf(here.during(NAME, create))).toBe("done");
  });

  test("leaves no row behind", async () => {
    const [here] = replicas();
    await here?.during(NAME, async () => {
      await here.forgetExpired();
      expect(await rows()).toHaveLength(1);
      nowMs += HOUR_MS;
      await here.forgetExpired();
      expect(await rows()).toEqual([]);
    });
    await here?.during(NAME, create);
    expect(await rows()).toEqual([]);
  });
});
