import { createAppendAudit } from "../../src/audit/append-audit.ts";
import { orderIdOf } from "../../src/core/order.ts";
import { termsOf } from "../../src/core/release-terms.ts";
import { defaultUnlockPolicy } from "../../src/core/unlock-policy.ts";
import type { ControlPlane } from "../../src/orders/control-plane.ts";
import { admitRelease } from "../../src/release/approvals/admit-release.ts";
import { castVote } from "../../src/release/approvals/cast-vote.ts";
import { claimRelease } from "../../src/release/approvals/claim-release.ts";
import type { ReleaseDependencies } from "../../src/release/approvals/release-request.ts";
import { readApprovalOf } from "../../src/release/approvals/stored-approvals.ts";
import { countSwitches, revoke } from "../../src/release/kill-switches/revocations.ts";
import type { Store } from "../../src/store/store.ts";
import { announce } from "../world/control-plane.ts";
import { orderRow } from "../world/order-row.ts";

const NAME = {
  subscriptionId: "44444444-4444-4444-8444-444444444444",
  resourceGroup: "group",
  name: "order",
};
const ORDER = orderIdOf(NAME);
const LIFETIME_SECONDS = 60;
const START_MS = Date.UTC(2026, 0, 5);
/** When the request of a fleet expires. */
export const EXPIRES_AT_MS = START_MS + LIFETIME_SECONDS * 1000;
const base = defaultUnlockPolicy({ leaseTtlSeconds: 60, outageGraceSeconds: 0 });
const policy = {
  ...base,
  release: {
    ...base.release,
    approvals: { required: 2, approvers: [], expiresAfterSeconds: LIFETIME_SECONDS },
  },
};
const actor = { kind: "device", serial: "DBX-1", address: "127.0.0.1" } as const;
/** Lets something else happen first. */
type Turn = () => Promise<unknown>;

/** Several replicas over one database, each of whose steps waits for its turn. */
export async function createFleet(
  turn: Turn,
  store: Store,
  given: Partial<ReleaseDependencies> = {},
) {
  const clock = { nowMs: START_MS };
  const now = () => clock.nowMs;
  const appendAudit = createAppendAudit({ now });
  await insertOrder(store);
  const releasing: ReleaseDependencies = {
    store,
    appendAudit,
    announce,
    now,
    async commit(work) {
      await turn();
      return store.transaction().execute(work);
    },
    async stillApproves() {
      await turn();
      return { ok: true, value: true };
    },
    ...given,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what deciding needs of it
  const deps = {
    store,
    appendAudit,
    // In the decision's own transaction: its promise resolves later than a grant that follows it.
    announce: ((transaction, event) => {
      const { decision, by }: Record<string, unknown> = { ...event.data };
      log.push(`${String(decision)} ${String(by)}`);
      return announce(transaction, event);
    }) satisfies typeof announce,
    now,
    settings: { defaultPolicy: policy },
  } as unknown as ControlPlane;
  const log: string[] = [];
  const grantedAtMs: number[] = [];

  const poll = async (requestHash: string): Promise<string> => {
    await turn();
    const admitted = await admitRelease(
      releasing,
      {
        requestHash,
        order: ORDER,
        serial: "DBX-1",
        way: "unlock",
        purpose: "unlock",
        stage: "Delivered",
        switches: await countSwitches(store, ORDER, "DBX-1"),
        kid: "key/1",
        actor,
        agent: "agent/1",
        correlationId: "correlation",
      },
      { terms: termsOf(policy, "unlock"), expiresAfterSeconds: LIFETIME_SECONDS },
      await readApprovalOf(store, requestHash),
    );
    if (!admitted.ok) return admitted.failure.code;
    if (admitted.value.kind === "ask") return (await admitted.value.open()).kind;
    if (admitted.value.kind === "wait") return "wait";
    const { claim } = admitted.value;
    await turn(); // the vault
    return releasing.commit(async (transaction) => {
      const nowMs = now();
      const claimed = await claimRelease(transaction, releasing, claim, {
        requestHash,
        stage: "Delivered",
        switches: await countSwitches(transaction, ORDER, "DBX-1"),
        nowMs,
      });
      if (!claimed.ok) return claimed.failure.code;
      log.push("grant");
      grantedAtMs.push(nowMs);
      return "grant";
    });
  };
  const say = async (decision: "approved" | "rejected", who: string): Promise<void> => {
    await turn();
    const [open] = await store.selectFrom("approvals").select("id").execute();
    const caller = { objectId: who, name: who, isPerson: true, roles: [] };
    await castVote(
      {
        deps,
        order: ORDER,
        id: open?.id ?? "",
        caller,
        context: { actor, by: who, correlationId: "correlation" },
      },
      decision,
      "because",
    ).catch(() => log.push("too late"));
  };
  return {
    store,
    clock,
    log,
    /** The time that each grant was decided by; the clock may go on while it is committed. */
    grantedAtMs,
    poll,
    say,
    async revoke() {
      await turn();
      const scope = { kind: "order", order: ORDER } as const;
      await store.transaction().execute(async (transaction) => {
        await revoke(transaction, scope, "customer", { reason: "x", by: "y", nowMs: now() });
        log.push("revoked");
      });
    },
    async expire() {
      await turn();
      clock.nowMs = EXPIRES_AT_MS;
      log.push("expired");
    },
    [Symbol.asyncDispose]: () => store.destroy(),
  };
}

async function insertOrder(store: Store): Promise<void> {
  await store.insertInto("orders").values(orderRow(NAME, START_MS)).execute();
  // The view node_keys says what the node's envelope is wrapped to.
  await store
    .insertInto("order_keys")
    .values({
      order_id: ORDER,
      kek_type: "MicrosoftManaged",
      kek_url: null,
      kek_vault_resource_id: null,
      identity_type: null,
      identity_resource_id: null,
      kid: "key/1",
      revision: 1,
    })
    .execute();
  await store
    .insertInto("nodes")
    .values({
      order_id: ORDER,
      serial: "DBX-1",
      ordinal: 0,
      passkey_origin: "generated",
      last_counter: 0,
    })
    .execute();
  await store
    .insertInto("envelopes")
    .values({
      order_id: ORDER,
      serial: "DBX-1",
      generation: 1,
      env: "env",
      kid: "key/1",
      jwe_json: "{}",
      created_at_ms: START_MS,
    })
    .execute();
}
