import {
  deviceKeyGrade,
  type DeviceKeyGrade,
  type OrderNodes,
  NODE_CALLS,
} from "@databox-cmk/protocol";

import { lastContactOf } from "../../core/describe-sibling.ts";
import { decideLock } from "../../core/lock-state.ts";
import type { OrderId } from "../../core/order.ts";
import { renderTime } from "../../core/wire-time.ts";
import { loadDeviceShares } from "../../custody/device-shares.ts";
import { isSplit, kindOf, loadCurrentEnvelopes } from "../../custody/stored-envelopes.ts";
import type { Route } from "../../http/route.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { findOrderId } from "../../orders/find-order.ts";
import { type OrderNode, readNodes } from "../../orders/read-nodes.ts";
import type { NodeLock } from "../../release/leases/read-lock-facts.ts";
import {
  type OrderVerdict,
  readVerdict,
  type VerdictDependencies,
} from "../../release/verdict/read-verdicts.ts";
import type { Store } from "../../store/store.ts";
import { arm } from "./arm-route.ts";
import { renderVerdict } from "./render-verdict.ts";

type NodeView = OrderNodes["value"][number];

/** The nodes of an order with their present lock, lease and envelope. */
export async function readNodeViews(
  { store, now }: Plane<"store" | "now">,
  order: OrderId,
  { nodes: locks }: Pick<OrderVerdict, "nodes">,
): Promise<NodeView[]> {
  const nowMs = now();
  const nodes = await readNodes(store, order);
  const envelopes = await readCurrentEnvelopes(store, order);
  return nodes.map((node) => {
    const lock = locks.find(({ serial }) => serial === node.serial);
    return {
      ...renderNode(node),
      lastSeenAt: renderTime(lastContactOf(node.lastSeenAtMs, lock?.facts.lease)),
      ...renderLock(lock, nowMs),
      ...renderEnvelope(envelopes.get(node.serial), node),
    };
  });
}

function renderNode(node: OrderNode) {
  return {
    serial: node.serial,
    ordinal: node.ordinal,
    enrolled: node.deviceJwkJson !== null,
    deviceKey:
      node.deviceJwkJson === null
        ? undefined
        : { grade: gradeOf(node), attested: false, thumbprint: node.deviceKid ?? undefined },
    preparedAt: renderTime(node.preparedAtMs),
    lastOutcome: node.lastOutcome ?? undefined,
  };
}

/** The weakest claim, where a newer replica wrote one that this one does not know. */
function gradeOf({ deviceKeyGrade: claimed }: OrderNode): DeviceKeyGrade {
  const known = deviceKeyGrade.safeParse(claimed);
  return known.success ? known.data : "file";
}

function renderLock(node: NodeLock | undefined, nowMs: number): Pick<NodeView, "lock" | "lease"> {
  if (node === undefined) return { lock: "notPrepared" };
  const { lease } = node.facts;
  return {
    lock: decideLock(node.facts, nowMs).lock,
    lease:
      lease === undefined
        ? undefined
        : {
            id: lease.id,
            purpose: lease.purpose,
            grantedAt: renderTime(lease.grantedAtMs),
            renewedAt: renderTime(lease.renewedAtMs),
            ttlSeconds: lease.ttlSeconds,
            outageGraceSeconds: lease.outageGraceSeconds,
            state: lease.state,
          },
  };
}

type EnvelopeView = NonNullable<NodeView["envelope"]>;

function renderEnvelope(
  envelope: EnvelopeView | undefined,
  { acknowledgedGeneration }: OrderNode,
): Pick<NodeView, "envelope"> {
  return envelope === undefined
    ? {}
    : { envelope: { ...envelope, acknowledgedGeneration: acknowledgedGeneration ?? undefined } };
}

async function readCurrentEnvelopes(
  store: Store,
  order: OrderId,
): Promise<ReadonlyMap<string, EnvelopeView>> {
  const current = await loadCurrentEnvelopes(store, order);
  const shares = current.some(isSplit) ? await loadDeviceShares(store, order, current) : undefined;
  return new Map(
    current.map((stored) => {
      const { serial, env, generation, kid, createdAtMs } = stored;
      const copiedFor = shares?.get(serial)?.recipients.map((recipient) => recipient.kid) ?? [];
      return [
        serial,
        {
          env,
          generation,
          kid,
          createdAt: renderTime(createdAtMs),
          custody: kindOf(stored),
          shareCopiedFor: isSplit(stored) ? copiedFor : undefined,
        },
      ];
    }),
  );
}

/** The nodes of an order: lock state, lease and envelope. */
export function createNodeRoutes(deps: Plane<"settings"> & VerdictDependencies): readonly Route[] {
  return [
    arm.route(NODE_CALLS.list, {
      action: "Microsoft.DataBox/jobs/read",
      summary:
        "Lists the nodes of an order with lock, lease and envelope, and the causes that hinder an unlock",
      handle: async (request) => {
        const id = await findOrderId(deps.store, request.order);
        const found = await readVerdict(deps, request.order);
        const value = await readNodeViews(deps, id, found);
        const body: OrderNodes = { value, verdict: renderVerdict(found) };
        return { json: body };
      },
    }),
  ];
}
