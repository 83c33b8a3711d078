import { AppError } from "@databox-cmk/errors";
import { type ApprovalView, APPROVAL_CALLS } from "@databox-cmk/protocol";

import type { HasAccess } from "../../callers/has-access.ts";
import {
  mayDecide,
  termsFor,
  type Vote,
  type Voter,
  votesThatCount,
} from "../../core/decide-release.ts";
import { invalidMember } from "../../core/failure-error.ts";
import type { EpochMs } from "../../core/order.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { Caller, Route } from "../../http/route.ts";
import type { Changing, Plane } from "../../orders/control-plane.ts";
import { findOrder, findOrderId } from "../../orders/find-order.ts";
import { readNodes } from "../../orders/read-nodes.ts";
import {
  type CasePosition,
  readCases,
  readCasesFor,
  type ApprovalCase,
} from "../../release/approvals/approval-cases.ts";
import { openBreakGlass } from "../../release/approvals/break-glass.ts";
import { castVote } from "../../release/approvals/cast-vote.ts";
import { arm, type ArmRequest } from "./arm-route.ts";
import { nextPageUrl, pageOf } from "./links.ts";
import { readPageStart } from "./list-routes.ts";

const PAGE = 50;
/** Maximum number of waiting requests in a list of a subscription. */
const WAITING_MAX = 500;

/** Requests that wait for people, their votes, and emergency access. */
export function createApprovalRoutes(
  deps: Changing & Plane<"settings" | "announce">,
  hasAccess: HasAccess,
): readonly Route[] {
  const { store, settings, now } = deps;
  const dependencies = () => ({ store, defaultPolicy: settings.defaultPolicy, nowMs: now() });

  /** Where roles cannot be read now, the decision itself checks them. */
  const isApprover = async (caller: Caller, order: string): Promise<boolean> => {
    try {
      return await hasAccess(caller, "Microsoft.DataBox/jobs/approvals/approve/action", order);
    } catch (error) {
      if (error instanceof AppError) return true;
      throw error;
    }
  };

  const decide = (verdict: "approve" | "reject", decision: Vote["decision"], summary: string) =>
    arm.bodyRoute(APPROVAL_CALLS[verdict], {
      action: `Microsoft.DataBox/jobs/approvals/${verdict}/action`,
      summary,
      handle: async ({ body, caller, parameters, context, order: name }) => {
        const order = await findOrderId(store, name);
        const id = parameters["approvalId"] ?? "";
        const deciding = { deps, order, id, caller, context };
        const decided = await castVote(deciding, decision, body.reason);
        return { json: renderApproval(decided, { ...caller, isApprover: true }, now()) };
      },
    });

  return [
    arm.route(APPROVAL_CALLS.list, {
      action: "Microsoft.DataBox/jobs/approvals/read",
      summary: "Lists the unlocks of an order that wait or waited for an approval (extension)",
      handle: async (request) => {
        const id = await findOrderId(store, request.order);
        const reading = dependencies();
        const cases = await readCases(reading, id, {
          after: readPosition(request),
          limit: PAGE + 1,
        });
        const { page, nextLink } = pageOf(cases, PAGE, ({ approval }) =>
          nextPageUrl(settings.armUrl, request, `${String(approval.requestedAtMs)} ${approval.id}`),
        );
        const caller = { ...request.caller, isApprover: await isApprover(request.caller, id) };
        const value = page.map((each) => renderApproval(each, caller, reading.nowMs));
        return { json: { value, nextLink } };
      },
    }),
    arm.route(APPROVAL_CALLS.listWaiting, {
      action: "Microsoft.DataBox/jobs/approvals/read",
      summary: "Lists the unlocks of a subscription that wait for the caller (extension)",
      handle: async (request) => {
        const { subscriptionId = "" } = request.parameters;
        const reading = dependencies();
        const { caller } = request;
        const waiting = await readCasesFor(
          reading,
          subscriptionId.toLowerCase(),
          caller,
          (order) => isApprover(caller, order),
          WAITING_MAX,
        );
        const approver = { ...caller, isApprover: true };
        const value = waiting.map((each) => renderApproval(each, approver, reading.nowMs));
        return { json: { value } };
      },
    }),
    decide("approve", "approved", "Approves one unlock; each person counts once (extension)"),
    decide("reject", "rejected", "Rejects one unlock permanently (extension)"),
    arm.bodyRoute(APPROVAL_CALLS.breakGlass, {
      action: "Microsoft.DataBox/jobs/breakGlass/action",
      summary:
        "Emergency access: allows one unlock within 15 minutes, outside unlock hours and without approval (extension)",
      handle: async (request) => {
        const wanted = request.body;
        const order = await findOrder(store, request.order);
        const { serial } = wanted;
        const nodes = serial === undefined ? [] : await readNodes(store, order.id);
        if (serial !== undefined && !nodes.some((node) => node.serial === serial))
          throw invalidMember("serial", "the order has no such node");
        const opened = await openBreakGlass(deps, order, wanted, request.context);
        const expiresAt = renderTime(opened.expiresAtMs);
        const node = serial === undefined ? {} : { serial };
        return { json: { id: opened.id, expiresAt, ...node } };
      },
    }),
  ];
}

function readPosition(request: ArmRequest): CasePosition | undefined {
  return readPageStart(request, (text) => {
    const [, requestedAtMs, id] = /^(\d{1,15}) ([\da-f-]{36})$/.exec(text) ?? [];
    return requestedAtMs === undefined || id === undefined
      ? undefined
      : { requestedAtMs: Number(requestedAtMs), id };
  });
}

/** A newer replica may have written another way. */
const WAYS: Readonly<Record<string, ApprovalView["way"]>> = {
  unlock: "network",
  "offline-unlock": "offline",
  change: "change",
} satisfies Record<ApprovalCase["row"]["way"], ApprovalView["way"]>;

/**
 * A case as one caller sees it. Lost rights of other people are checked before a release, not for a
 * view.
 *
 * @param caller.isApprover - their roles allow to decide about this order
 */
function renderApproval(
  { approval, row, orderId, orderName, resourceGroup, place, terms }: ApprovalCase,
  caller: Voter & { readonly isApprover: boolean },
  nowMs: EpochMs,
): ApprovalView {
  const counting = votesThatCount(approval, { terms, nowMs, lostRight: new Set() });
  const { required } = termsFor(approval, terms).release;
  const isOpen = approval.state === "open";
  const { state } = approval;
  return {
    id: approval.id,
    orderId,
    orderName,
    resourceGroup,
    serial: row.serial,
    way: WAYS[row.way] ?? "offline",
    purpose: row.purpose,
    reason: row.reason ?? undefined,
    place: { address: row.address, ...place },
    agent: row.agent,
    kid: approval.kid,
    stage: approval.stage,
    state: state === "open" ? (counting.length >= required ? "approved" : "waiting") : state,
    voidReason: approval.voidReason,
    required,
    requestedAt: renderTime(approval.requestedAtMs),
    requestedBy: approval.requestedBy,
    lastAskedAt: renderTime(row.asked_at_ms),
    expiresAt: renderTime(approval.expiresAtMs),
    effectiveAt: renderTime(approval.effectiveAtMs),
    closedAt: renderTime(row.closed_at_ms),
    decisions: approval.votes.map((vote) => ({
      objectId: vote.objectId,
      name: vote.name,
      decision: vote.decision,
      reason: vote.reason,
      at: renderTime(vote.atMs),
      counts: vote.decision === "rejected" || counting.includes(vote),
    })),
    mayReject: isOpen && caller.isApprover,
    mayDecide:
      isOpen &&
      caller.isApprover &&
      // Votes do not hasten an override.
      approval.effectiveAtMs === undefined &&
      mayDecide(approval, terms, { ...caller, objectId: caller.objectId.toLowerCase() }) ===
        undefined,
  };
}
