import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";

import { judgeKeyVersion } from "../../src/core/judge-key-version.ts";
import { loadKeyUses } from "../../src/key-life/rotation/load-key-uses.ts";
import { ENGINE, openTestStore } from "../store/open-test-store.ts";
import { KEY_NAME, KEY_URL, VAULT, VAULT_NAME } from "../world/customer-vault.ts";
import { createCampaignWorld } from "./campaign-world.ts";

const KEYS = [
  { vault: VAULT_NAME, key: KEY_NAME, to: { kekUrl: KEY_URL, kekVaultResourceID: VAULT } },
  {
    vault: "kv-two",
    key: "key2",
    to: {
      kekUrl: "https://kv-two.vault.test/keys/key2",
      kekVaultResourceID: VAULT.replace(VAULT_NAME, "kv-two"),
    },
  },
] as const;

/**
 * Actions of a customer, or accidents, on a vault. All of them can be undone; a wrapping that is
 * garbage must not count.
 */
const event = fc.oneof(
  fc.record({ do: fc.constant("new-version" as const), key: fc.nat(1) }),
  fc.record({ do: fc.constant("disable" as const), version: fc.nat(7) }),
  fc.record({ do: fc.constant("enable" as const), version: fc.nat(7) }),
  fc.record({ do: fc.constant("outage" as const), key: fc.nat(1), on: fc.boolean() }),
  fc.record({ do: fc.constant("delete" as const), key: fc.nat(1), on: fc.boolean() }),
  fc.record({ do: fc.constant("revoke" as const), key: fc.nat(1), on: fc.boolean() }),
  fc.record({ do: fc.constant("garbage" as const) }),
);
type Event = typeof event extends fc.Arbitrary<infer Value> ? Value : never;
const step = fc.oneof(
  { weight: 2, arbitrary: event },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("campaign" as const),
      /** undefined: to the newest version of the key that it has. */
      to: fc.option(fc.nat(1), { nil: undefined }),
      /** Comes before the vault call of this number. */
      meanwhile: fc.array(fc.tuple(fc.nat(14), event), { maxLength: 4 }),
    }),
  },
  /** The customer believes what keyVersions says, for good. */
  { weight: 1, arbitrary: fc.record({ do: fc.constant("disable-what-is-safe" as const) }) },
);

test.prop([fc.array(step, { minLength: 3, maxLength: 10 })], {
  numRuns: ENGINE === "sqlite" ? 60 : 6,
})(
  // Evidence: Re-wrapping one order.
  "every rotation leaves each envelope with a working recipient, through any failure of the vaults, and no version that is called safe is missed",
  async (steps) => {
    const world = createCampaignWorld();
    const store = await openTestStore(":memory:");
    try {
      const order = await world.prepare(store, "order-1");
      const passkeys = await world.unlock(store, order);
      const principal = await store
        .selectFrom("order_identities")
        .select("principal_id")
        .executeTakeFirstOrThrow();
      const made: string[] = [
        (await store.selectFrom("order_keys").select("kid").executeTakeFirstOrThrow()).kid ?? "",
      ];
      const gone = new Set<string>();

      function happen(what: Event): void {
        const { vaults } = world;
        if (what.do === "garbage") return;
        if ("version" in what) {
          const kid = made[what.version % made.length] ?? "";
          if (!gone.has(kid)) vaults.setEnabled(kid, what.do === "enable");
          return;
        }
        const { vault, key } = KEYS[what.key] ?? KEYS[0];
        if (what.do === "new-version") made.push(vaults.rotate(vault, key));
        else if (what.do === "outage")
          vaults.setOutage(vault, what.on ? { code: "KeyVaultThrottled" } : undefined);
        else if (what.do === "delete") {
          if (what.on) vaults.deleteKey(vault, key);
          else vaults.recoverKey(vault, key);
        } else if (what.on) vaults.revoke(vault, principal.principal_id);
        else vaults.grant(vault, principal.principal_id);
      }
      function heal(): void {
        for (const [index] of KEYS.entries())
          for (const what of ["outage", "delete", "revoke"] as const)
            happen({ do: what, key: index, on: false });
        for (const kid of made) world.vaults.setEnabled(kid, !gone.has(kid));
      }

      for (const each of steps) {
        world.clock.nowMs += 60_000;
        if (each.do === "disable-what-is-safe") {
          const { versions } = await loadKeyUses(store, { order });
          for (const use of versions) if (judgeKeyVersion(use).safeToDisable) gone.add(use.kid);
          for (const kid of gone) world.vaults.setEnabled(kid, false);
        } else if (each.do === "campaign") {
          const action =
            each.to === undefined
              ? ({ kind: "rotate" } as const)
              : ({ kind: "move", to: (KEYS[each.to] ?? KEYS[0]).to } as const);
          await world.start(store, { action, selector: { orders: [order] } });
          const restore = interleave(world.vaults.port, each.meanwhile, happen);
          await world.run(store);
          restore();
        } else happen(each);
      }
      // Everything that the customer did can be undone, except the actions that were reported as
      // safe.
      heal();
      expect(await world.unlock(store, order)).toEqual(passkeys);
    } finally {
      await store.destroy();
    }
  },
);

/** Lets things happen before the n-th call of a vault. @returns what ends it */
function interleave(
  port: ReturnType<typeof createCampaignWorld>["vaults"]["port"],
  meanwhile: readonly (readonly [number, Event])[],
  happen: (what: Event) => void,
): () => void {
  const { getKey, wrapKey, unwrapKey } = port;
  let calls = 0;
  let isGarbage = false;
  const before = <Parameters extends unknown[], Result>(
    call: (...parameters: Parameters) => Result,
  ): ((...parameters: Parameters) => Result) => {
    return (...parameters) => {
      for (const [at, what] of meanwhile)
        if (at === calls) {
          happen(what);
          isGarbage ||= what.do === "garbage";
        }
      calls += 1;
      return call(...parameters);
    };
  };
  Object.assign(port, {
    getKey: before(getKey),
    wrapKey: before(async (...parameters: Parameters<typeof wrapKey>) => {
      const wrapped = await wrapKey(...parameters);
      if (!wrapped.ok || !isGarbage) return wrapped;
      isGarbage = false;
      return { ok: true as const, value: { encryptedKey: new Uint8Array(256).fill(1) } };
    }),
    unwrapKey: before(unwrapKey),
  });
  return () => Object.assign(port, { getKey, wrapKey, unwrapKey });
}
