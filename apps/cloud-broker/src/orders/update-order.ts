import { AppError } from "@databox-cmk/errors";
import type { JobPatch } from "@databox-cmk/protocol";

import { recorded } from "../audit/record.ts";
import { errorOf, valueOf, withFacts } from "../core/failure-error.ts";
import type { OrderName } from "../core/order.ts";
import { decideDetails } from "../core/patch-details.ts";
import { decideIdentities, type IdentityPlan } from "../core/patch-identity.ts";
import { compareKeys, decideKeyChoice, isSameKeyChoice } from "../core/patch-key-choice.ts";
import { recoveryFacts } from "../core/recovery-facts.ts";
import { isEncryptionEditable } from "../core/stages.ts";
import type { AlsoCommit, KeyChanges } from "../custody/key-custody.ts";
import type { Changing, Plane, RequestContext } from "./control-plane.ts";
import { findOrder, requireMatch } from "./find-order.ts";
import { keySubjectOf } from "./key-subject.ts";
import { insertOperation, newOperation } from "./long-running-operations.ts";
import { lifecycleOf, type Order } from "./order.ts";
import { realiseIdentities } from "./realise-identities.ts";
import { retryLostRace, updateOrder } from "./write-order.ts";

export type Patching = Changing &
  Plane<"settings" | "identities" | "admitChange"> & { readonly custody: KeyChanges };

/**
 * Merges a PATCH into an order. Details, tags, identities and key are one commit: a refused key
 * leaves everything unchanged.
 *
 * @param alsoCommit - writes that belong to the same decision, in the same transaction.
 * @returns id of the long-running operation and the order's region.
 */
export async function patchOrder(
  deps: Patching,
  name: OrderName,
  patch: JobPatch,
  ifMatch: string | undefined,
  context: RequestContext,
  alsoCommit?: AlsoCommit,
): Promise<{ readonly operation: string; readonly location: string }> {
  return retryLostRace(async () => {
    const order = await findOrder(deps.store, name);
    requireMatch(order, ifMatch);
    try {
      const operation = await applyPatch(deps, order, patch, context, alsoCommit);
      return { operation, location: order.location };
    } catch (error) {
      throw withFacts(error, recoveryFacts(order));
    }
  });
}

async function applyPatch(
  deps: Patching,
  order: Order,
  patch: JobPatch,
  context: RequestContext,
  alsoCommit: AlsoCommit | undefined,
): Promise<string> {
  const change = decideChange(order, patch, deps.settings.allowRevertToMicrosoftManaged);
  const claim = await deps.admitChange(
    order,
    {
      subject: "keyEncryptionKey",
      proposal: change.key,
      effects: change.key === undefined ? {} : compareKeys(order.key, change.key),
    },
    context,
  );
  const realised = await realiseIdentities(deps, order, change.identities, context);
  const nowMs = deps.now();
  const operation = newOperation("update");
  const entry = { chain: order.id, action: "order/update", context } as const;
  const commit = recorded(deps.appendAudit, entry, async (transaction) => {
    await alsoCommit?.(transaction);
    await claim.use(transaction);
    await updateOrder(
      transaction,
      order,
      {
        tags: change.tags,
        details: change.details,
        state: change.state,
        identities: realised.identities,
        identityEpoch: realised.identityEpoch,
      },
      context.by,
      nowMs,
    );
    await realised.commit(transaction);
    await insertOperation(transaction, order.id, operation, nowMs);
    return { detail: { members: membersOf(patch).join(" ") } };
  });
  try {
    if (change.key === undefined) await deps.store.transaction().execute(commit);
    else {
      const subject = await keySubjectOf(deps, {
        ...order,
        details: change.details,
        identities: realised.identities,
      });
      const outcome = await deps.custody.change(
        subject,
        change.key,
        context.actor,
        commit,
        context.correlationId,
      );
      if (!outcome.ok) throw errorOf(outcome.failure);
    }
  } catch (error) {
    await realised.abandon();
    throw error;
  }
  await realised.settle();
  return operation.id;
}

type PatchedMembers = Pick<Order, "tags" | "details" | "state"> & {
  readonly identities: IdentityPlan;
  /** The key to put in force; undefined when the write does not touch it. */
  readonly key?: Order["key"] | undefined;
};

function decideChange(order: Order, patch: JobPatch, allowRevert: boolean): PatchedMembers {
  const details = patch.properties?.details;
  const lifecycle = lifecycleOf(order);
  const forbids = isEncryptionEditable(lifecycle) ? undefined : encryptionMemberOf(patch);
  if (forbids !== undefined)
    throw new AppError("OrderStageForbids", {
      reason: "encryption",
      target: forbids,
      detail: `${forbids.split(".").at(-1) ?? forbids}: the order is ${lifecycle.erased ? "erased" : `in stage ${order.stage}`}`,
    });
  const sentPackage = details?.returnToCustomerPackageDetails;
  const key =
    details?.keyEncryptionKey === undefined
      ? undefined
      : valueOf(decideKeyChoice(order.key, details.keyEncryptionKey, allowRevert));
  // A customer's key that is named again is checked again, and a newer version of a versionless URL
  // is put in force.
  const isNewKey =
    key !== undefined && (key.kekType === "CustomerManaged" || !isSameKeyChoice(order.key, key));
  return {
    tags: patch.tags ?? order.tags,
    details:
      details === undefined ? order.details : valueOf(decideDetails(order.details, details, order)),
    state:
      sentPackage === undefined
        ? order.state
        : {
            ...order.state,
            returnToCustomerPackage: {
              carrierName: sentPackage.carrierName ?? "",
              trackingId: sentPackage.trackingId ?? "",
            },
          },
    identities:
      patch.identity === undefined
        ? {
            keep: order.identities,
            refresh: [],
            remove: [],
            createSystemAssigned: false,
            attach: [],
          }
        : valueOf(decideIdentities(order.identities, patch.identity)),
    key: isNewKey ? key : undefined,
  };
}

/** The member by which a PATCH changes the key or the identity that uses it. */
function encryptionMemberOf(patch: JobPatch): string | undefined {
  if (patch.identity !== undefined) return "identity";
  return patch.properties?.details?.keyEncryptionKey === undefined
    ? undefined
    : "properties.details.keyEncryptionKey";
}

/** Names of the members that a PATCH changes, for the audit row; never its values. */
function membersOf(patch: JobPatch): readonly string[] {
  return [
    ...(patch.tags === undefined ? [] : ["tags"]),
    ...(patch.identity === undefined ? [] : ["identity"]),
    ...Object.entries(patch.properties?.details ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([member]) => member),
  ];
}
