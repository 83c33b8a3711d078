import { AppError } from "@databox-cmk/errors";
import { asciiLowerCase, isSameIdentifier, type JobPatch } from "@databox-cmk/protocol";

import type { CustomerChoice } from "../../core/backup-key.ts";
import { decideRetry } from "../../core/campaign-step.ts";
import { errorOf, valueOf, withFacts } from "../../core/failure-error.ts";
import { renderFailureJson } from "../../core/failure-json.ts";
import { parseKeyUrl } from "../../core/key-url.ts";
import type { KeyChoice, OrderName, OrderId } from "../../core/order.ts";
import { decideKeyChoice } from "../../core/patch-key-choice.ts";
import type { Failure } from "../../core/ports.ts";
import { recoveryFacts } from "../../core/recovery-facts.ts";
import { isEncryptionEditable } from "../../core/stages.ts";
import type { AlsoCommit, KeyChanges, KeyChecks } from "../../custody/key-custody.ts";
import { atPriority } from "../../load/priority.ts";
import { withTrace } from "../../observability/trace.ts";
import type { Plane, RequestContext } from "../../orders/control-plane.ts";
import { findOrder } from "../../orders/find-order.ts";
import { keySubjectOf } from "../../orders/key-subject.ts";
import { lifecycleOf, type Order } from "../../orders/order.ts";
import { type Patching, patchOrder } from "../../orders/update-order.ts";
import { requireUnchanged } from "../../orders/write-order.ts";
import type { StoreTransaction } from "../../store/store.ts";
import type { Campaign } from "./stored-campaign.ts";

export type Step = { readonly order: OrderId; readonly attempts: number };

export type Stepping = Patching & { readonly custody: KeyChecks };

/** Another runner came first. Rolls the transaction back; never shown. */
class StepTaken extends Error {
  override readonly name = "StepTaken";
}

/**
 * One order of a campaign. Its row becomes `done` in the same commit as the change, so that after a
 * crash at any point a step is either complete or must be repeated.
 */
export async function runStep(deps: Stepping, campaign: Campaign, step: Step): Promise<void> {
  const done = (transaction: StoreTransaction): Promise<void> =>
    markDone(transaction, campaign, step, deps.now());
  try {
    await atPriority("re-wrap", () => withTrace(() => change(deps, campaign, step, done)));
  } catch (error) {
    if (error instanceof StepTaken) return;
    // An unnamed failure is a bug or the database's: the row stays as it is, and the round is tried
    // again.
    if (!(error instanceof AppError)) throw error;
    await markFailed(deps, campaign, step, failureOf(error));
  }
}

async function change(
  deps: Stepping,
  campaign: Campaign,
  step: Step,
  done: AlsoCommit,
): Promise<void> {
  const order = await findOrder(deps.store, nameOf(step.order));
  try {
    if (!isEncryptionEditable(lifecycleOf(order)))
      throw new AppError("OrderStageForbids", {
        reason: "encryption",
        detail: `the order is in stage ${order.stage}`,
      });
    const { action } = campaign.request;
    if (action.kind === "move") return await move(deps, campaign, order, action.to, done);
    return await rotate(deps, campaign, order, async (transaction) => {
      // The order's owner may choose another key while this one is checked.
      await requireUnchanged(transaction, order);
      await done(transaction);
    });
  } catch (error) {
    throw withFacts(error, recoveryFacts(order));
  }
}

/**
 * A choice without version takes the newest by itself; a version in a choice is replaced by the
 * newest.
 */
async function rotate(
  deps: Stepping,
  campaign: Campaign,
  order: Order,
  done: AlsoCommit,
): Promise<void> {
  const choice = order.key;
  const pinned =
    choice.kekType === "CustomerManaged" &&
    valueOf(parseKeyUrl(choice.kekUrl, deps.settings.keyVaultSuffixes)).version !== undefined;
  if (!pinned) return makeCurrent(deps, campaign, order, choice, done);
  // In a campaign of the broker's own, which moves followers, the version was named meanwhile.
  const kid =
    campaign.origin === "automatic"
      ? choice.kekUrl
      : valueOf(await deps.custody.newestVersion(order.id)).kid;
  if (kid === choice.kekUrl) await deps.store.transaction().execute(done);
  else await move(deps, campaign, order, { kekUrl: kid }, done);
}

async function makeCurrent(
  deps: Plane<"store" | "settings"> & { readonly custody: KeyChanges & KeyChecks },
  campaign: Campaign,
  order: Order,
  choice: KeyChoice,
  done: AlsoCommit,
): Promise<void> {
  const subject = await keySubjectOf(deps, order);
  if (campaign.request.dryRun === true) {
    valueOf(await deps.custody.rehearse(subject, choice));
    await deps.store.transaction().execute(done);
    return;
  }
  const { actor, correlationId } = contextOf(campaign);
  const outcome = await deps.custody.change(subject, choice, actor, done, correlationId);
  if (!outcome.ok) throw errorOf(outcome.failure);
}

/**
 * As a PATCH by the person who started the campaign; an identity that the order does not have yet
 * is attached to it.
 */
async function move(
  deps: Stepping,
  campaign: Campaign,
  order: Order,
  to: Partial<
    NonNullable<NonNullable<NonNullable<JobPatch["properties"]>["details"]>["keyEncryptionKey"]>
  >,
  done: AlsoCommit,
): Promise<void> {
  const keyEncryptionKey = { ...to, kekType: "CustomerManaged" } as const;
  const choice = valueOf(decideKeyChoice(order.key, keyEncryptionKey, false));
  const missing = missingIdentity(order, choice);
  const { dryRun } = campaign.request;
  // Only a caller of the order's tenant can attach an identity there (callers/tenants.ts).
  const { tenantId } = await keySubjectOf(deps, order);
  const isOther = !isSameIdentifier(tenantId, deps.settings.tenantId);
  if (missing !== undefined && (dryRun === true || isOther))
    throw new AppError("SsemUserErrorUserAssignedIdentityAbsent", {
      reason: "not-attached",
      target: "identity",
      detail: isOther
        ? "a campaign attaches no identity of another tenant"
        : "a dry run attaches no identity; the campaign itself would",
      facts: { identityId: missing },
    });
  if (dryRun === true) return makeCurrent(deps, campaign, order, choice, done);
  const patch: JobPatch = {
    identity:
      missing === undefined
        ? undefined
        : {
            type: order.identities.some(({ kind }) => kind === "system")
              ? "SystemAssigned,UserAssigned"
              : "UserAssigned",
            userAssignedIdentities: { [missing]: {} },
          },
    properties: { details: { keyEncryptionKey } },
  };
  await patchOrder(deps, order.name, patch, undefined, contextOf(campaign), done);
}

function missingIdentity(order: Order, choice: KeyChoice): string | undefined {
  if (choice.kekType === "MicrosoftManaged" || choice.identity.type === "SystemAssigned")
    return undefined;
  const { resourceId } = choice.identity satisfies CustomerChoice["identity"];
  const wanted = asciiLowerCase(resourceId);
  return order.identities.some((each) => asciiLowerCase(each.resourceId) === wanted)
    ? undefined
    : resourceId;
}

function contextOf({ id, actor, isPerson }: Campaign): RequestContext {
  const by = actor.kind === "caller" ? actor.name : "broker";
  return { actor, by, isPerson, correlationId: id };
}

async function markDone(
  transaction: StoreTransaction,
  campaign: Campaign,
  step: Step,
  nowMs: number,
): Promise<void> {
  const { numUpdatedRows } = await transaction
    .updateTable("campaign_orders")
    .set({
      state: "done",
      attempts: step.attempts + 1,
      code: null,
      failure_json: null,
      finished_at_ms: nowMs,
    })
    .where("campaign_id", "=", campaign.id)
    .where("order_id", "=", step.order)
    .where("state", "=", "waiting")
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new StepTaken();
}

/**
 * The order's own chain already has the refused change; this row gives the reason to readers of the
 * campaign.
 */
async function markFailed(
  { store, now }: Plane<"store" | "now">,
  campaign: Campaign,
  step: Step,
  failure: Failure,
): Promise<void> {
  const nowMs = now();
  const attempts = step.attempts + 1;
  const retry = decideRetry(failure, attempts, nowMs);
  await store
    .updateTable("campaign_orders")
    .set({
      attempts,
      code: failure.code,
      failure_json: renderFailureJson(failure),
      ...(retry === undefined
        ? { state: "failed", finished_at_ms: nowMs }
        : { due_at_ms: retry.dueAtMs }),
    })
    .where("campaign_id", "=", campaign.id)
    .where("order_id", "=", step.order)
    .where("state", "=", "waiting")
    .execute();
}

function failureOf({ code, reason, target, detail, facts }: AppError): Failure {
  const { retryAfterSeconds } = facts;
  return {
    code,
    reason,
    target,
    detail,
    facts,
    retryAfterSeconds: typeof retryAfterSeconds === "number" ? retryAfterSeconds : undefined,
  };
}

/**
 * An order id has the form
 * /subscriptions/{2}/resourcegroups/{4}/providers/microsoft.databox/jobs/{8}.
 */
function nameOf(order: OrderId): OrderName {
  const [, , subscriptionId = "", , resourceGroup = "", , , , name = ""] = order.split("/");
  return { subscriptionId, resourceGroup, name };
}
