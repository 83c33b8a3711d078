import {
  leaseWatch,
  type LeaseWatch,
  MESSAGE_TYPES,
  type RenewedLease,
  type Siblings,
} from "@databox-cmk/protocol";

import {
  decideAgain,
  decideRenewal,
  type LeaseRecord,
  type RenewalDecision,
  untilRenewalMs,
} from "../../core/decide-renewal.ts";
import { describeSibling } from "../../core/describe-sibling.ts";
import type { EpochMs, OrderId } from "../../core/order.ts";
import type { Outcome } from "../../core/ports.ts";
import { suspendSlot } from "../../load/admission.ts";
import { compileOnce } from "../../store/fast/compile-once.ts";
import { compileTogether } from "../../store/fast/compile-together.ts";
import { ofSameNode } from "../../store/of-same-node.ts";
import type { Store } from "../../store/store.ts";
import type { AuthenticDevice } from "../message/authenticate-device.ts";
import type { Needs } from "../message/device-dependencies.ts";
import { deviceVerb } from "../message/device-verb.ts";
import type { DeviceMessage } from "../message/serve-device-message.ts";
import { signAnswer, type SignedAnswer } from "../message/signed-answer.ts";
import { HOLD_MS, RENEWING_HOLD_LEAST_MS, RENEWING_HOLD_MS } from "./lease-watches.ts";
import { loadLease } from "./load-lease.ts";
import { orderRelock } from "./order-relock.ts";
import { HELD_LEASE, HELD_STATES, type HeldLeaseRow, heldLeaseOf } from "./read-lock-facts.ts";
import { conflict, renew, type Renewing } from "./renewal.ts";

/**
 * The push channel: the answer waits until there is news of the lease. It is the order to close, or
 * the lease (with a drill, or after the hold time), and then the node asks again. If the node asks
 * for it, the answer also renews the lease: its only message while nothing happens.
 */
export const watchExchange = deviceVerb({
  action: "watch",
  type: MESSAGE_TYPES.leaseWatch,
  schema: leaseWatch,
  answer: watch,
  repeats: "refused",
});

async function watch(
  dependencies: Renewing & Needs<"waitForNews">,
  message: DeviceMessage,
  sender: AuthenticDevice,
  request: LeaseWatch,
): Promise<Outcome<SignedAnswer>> {
  const { store, commit, now } = dependencies;
  const cameAtMs = performance.now();
  const renews = request.extensions?.["renew"] === true;
  const before = await look(dependencies, message, sender, request);
  if (!before.ok) return before;
  if (before.value.decision.kind === "renew" && before.value.drill === undefined) {
    // A renewal counts its message when it is answered.
    const { counter, lease } = request;
    const counted = { order: sender.order, counter, lease };
    if (!renews && (await countMessage({ store, commit }, counted)) !== undefined) return conflict;
    dependencies.keepConnection(`watch ${request.lease}`);
    const dueMs = untilRenewalMs(before.value.lease, now());
    const holdMs = renews
      ? Math.min(RENEWING_HOLD_MS, Math.max(RENEWING_HOLD_LEAST_MS, dueMs))
      : HOLD_MS;
    await suspendSlot("long-poll", () => dependencies.waitForNews(request.lease, holdMs));
  }
  if (renews)
    return renew(dependencies, message, sender, request, {
      // Of a clock that nobody sets, and read before the lease is renewed: the node adds it.
      heldMs: Math.floor(performance.now() - cameAtMs),
      siblings: before.value.hasSiblings ? await readSiblings(store, sender, now()) : undefined,
    });
  const after = await look(dependencies, message, sender, request, "waited");
  if (!after.ok) return after;
  const { decision, lease, drill, hasSiblings } = after.value;
  if (decision.kind === "relock")
    return orderRelock(dependencies, message, sender, request, decision.failure);
  return {
    ok: true,
    value: await answerAsItStands(dependencies, message, request, {
      lease,
      drill,
      siblings: hasSiblings ? await readSiblings(store, sender, now()) : undefined,
    }),
  };
}

/** Changes nothing if another message with this counter, or a later one, came first. */
const countMessage = compileTogether({
  lease: (store: Store, { counter, lease }: Pick<LeaseWatch, "counter" | "lease">) =>
    store
      .updateTable("leases")
      .set({ last_counter: counter })
      .where("id", "=", lease)
      .where("last_counter", "<", counter),
});

type Seen = {
  readonly decision: RenewalDecision;
  readonly lease: LeaseRecord;
  readonly drill: string | undefined;
  readonly hasSiblings: boolean;
};

/** The same as for a renewal. */
async function look(
  { store, now }: Needs<"store" | "now">,
  message: DeviceMessage,
  sender: AuthenticDevice,
  request: LeaseWatch,
  moment: "came" | "waited" = "came",
): Promise<Outcome<Seen>> {
  const loaded = await loadLease(store, request.lease, sender);
  const { lease } = loaded;
  const decide = moment === "came" ? decideRenewal : decideAgain;
  const decision = decide(request, {
    ...loaded,
    node: sender,
    leaseOfPath: message.parameters["lease"] ?? "",
    nowMs: now(),
  });
  if (!decision.ok) return decision;
  return lease === undefined
    ? conflict
    : { ok: true, value: { ...loaded, decision: decision.value, lease } };
}

function answerAsItStands(
  { keys }: Needs<"keys">,
  message: DeviceMessage,
  request: LeaseWatch,
  seen: Pick<Seen, "lease" | "drill"> & { readonly siblings: Siblings | undefined },
): Promise<SignedAnswer> {
  const { ttlSeconds, outageGraceSeconds, graceUntilReboot, sequence } = seen.lease;
  const payload: RenewedLease = {
    requestHash: message.hash,
    order: request.order,
    serial: request.serial,
    lease: {
      id: request.lease,
      ttlSeconds,
      outageGraceSeconds,
      graceUntilReboot: graceUntilReboot ? graceUntilReboot : undefined,
      sequence,
    },
    drill: seen.drill,
    extensions: seen.siblings && { siblings: seen.siblings },
  };
  return signAnswer(keys.signing, MESSAGE_TYPES.lease, payload);
}

type NodeOfOrder = { readonly order: OrderId; readonly serial: string };

const selectSiblings = compileOnce((store, { order, serial }: NodeOfOrder) =>
  store
    .selectFrom("nodes")
    .leftJoin("leases", (join) =>
      join
        .onRef("leases.order_id", "=", "nodes.order_id")
        .onRef("leases.serial", "=", "nodes.serial")
        .on("leases.state", "in", HELD_STATES),
    )
    .leftJoin("sanitisations", ofSameNode("sanitisations", "nodes"))
    .select([
      ...HELD_LEASE,
      "nodes.serial",
      "nodes.prepared_at_ms",
      "nodes.last_seen_at_ms",
      "sanitisations.created_at_ms as erased_at_ms",
    ])
    .where("nodes.order_id", "=", order)
    .where("nodes.serial", "<>", serial)
    .orderBy("nodes.ordinal")
    .$narrowType<HeldLeaseRow | { id: null }>(),
);

/** The other nodes of the order, for the page of this node. */
async function readSiblings(store: Store, node: NodeOfOrder, nowMs: EpochMs): Promise<Siblings> {
  const rows = await selectSiblings(store, node);
  return rows.map((row) =>
    describeSibling(
      {
        serial: row.serial,
        isPrepared: row.prepared_at_ms !== null,
        isErased: row.erased_at_ms !== null,
        lastSeenAtMs: row.last_seen_at_ms ?? undefined,
        lease: row.id === null ? undefined : heldLeaseOf(row),
      },
      nowMs,
    ),
  );
}
