import { randomUUID } from "node:crypto";

import { AppError } from "@databox-cmk/errors";

import type { Clock } from "../../core/ports.ts";
import { claimName, releaseName } from "../../store/claim-name.ts";
import type { Store } from "../../store/store.ts";

export type NameClaims = ReturnType<typeof createNameClaims>;

/** Longer than the calls that it covers, each of which has a limit of a minute and one retry. */
const CLAIM_MS = 300_000;

const taken = (): AppError => new AppError("NameTaken", { target: "name" });

/**
 * Azure's PUT has no precondition, so a name that was read as free may be taken before the PUT. A
 * claim in the database closes this gap between replicas, not towards other programs.
 */
export function createNameClaims({ store, now }: { readonly store: Store; readonly now: Clock }) {
  return {
    /**
     * Lets one request of all replicas create under a name at a time.
     *
     * @param create - has to await `confirm` directly before it writes: a replica that was paused
     * for longer than its claim lasts then writes nothing
     * @throws {AppError} NameTaken while another request creates under the name
     */
    async during<Value>(
      name: string,
      create: (confirm: () => Promise<void>) => Promise<Value>,
    ): Promise<Value> {
      const claim = { name, owner: randomUUID() };
      const nowMs = now();
      if (!(await claimName(store, "name_claims", claim, nowMs, nowMs + CLAIM_MS))) throw taken();
      try {
        return await create(async () => {
          const confirmed = await store
            .updateTable("name_claims")
            .set({ until_ms: now() + CLAIM_MS })
            .where("name", "=", name)
            .where("owner", "=", claim.owner)
            .where("until_ms", ">", now())
            .executeTakeFirst();
          if (confirmed.numUpdatedRows !== 1n) throw taken();
        });
      } finally {
        await releaseName(store, "name_claims", claim);
      }
    },
    /** Deletes claims of replicas that died. */
    async forgetExpired() {
      await store.deleteFrom("name_claims").where("until_ms", "<=", now()).execute();
    },
  };
}
