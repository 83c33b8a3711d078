import type { JsonObject } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { approvalDecision, breakGlassRequest } from "@databox-cmk/protocol";

import type { HasAccess } from "../../callers/has-access.ts";
import type { Vote } from "../../core/decide-release.ts";
import { ACTIONS } from "../../core/permissions.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { Answer, Caller, CallerRequest, Route } from "../../http/route.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import { findOrder } from "../../orders/find-order.ts";
import { readNodes } from "../../orders/read-nodes.ts";
import {
  type CasePosition,
  readCases,
  readCasesFor,
} from "../../release/approvals/approval-cases.ts";
import { decideApproval } from "../../release/approvals/decide-approval.ts";
import { openBreakGlass } from "../../release/approvals/open-break-glass.ts";
import {
  armHandler,
  type ArmRequest,
  contextOf,
  orderNameOf,
  parseBody,
  queryValues,
} from "./arm-request.ts";
import { nextPageUrl, parseSkipToken, renderSkipToken } from "./links.ts";
import { PATHS } from "./paths.ts";
import { renderApproval } from "./render-approval.ts";

const MAX_BYTES = 16 * 1024;
const PAGE = 50;
/** Maximum number of waiting requests in a list of a subscription. */
const WAITING_MAX = 500;

type BodyRequest = CallerRequest & { readonly body: JsonObject };

/** Requests that wait for people, their votes, and emergency access. */
export function createApprovalRoutes(plane: ControlPlane, hasAccess: HasAccess): readonly Route[] {
  const { store, settings, now } = plane;
  const dependencies = () => ({ store, defaultPolicy: settings.defaultPolicy, nowMs: now() });

  /** Where roles cannot be read now, the decision itself checks them. */
  const isApprover = async (caller: Caller, order: string): Promise<boolean> => {
    try {
      return await hasAccess(caller, ACTIONS.approve, order);
    } catch (error) {
      if (error instanceof AppError) return true;
      throw error;
    }
  };

  const list = async (request: ArmRequest): Promise<Answer> => {
    const { id } = await findOrder(store, orderNameOf(request));
    const deps = dependencies();
    const cases = await readCases(deps, id, { after: readPosition(request), limit: PAGE + 1 });
    const page = cases.slice(0, PAGE);
    const caller = { ...request.caller, isApprover: await isApprover(request.caller, id) };
    const value = page.map((each) => renderApproval(each, caller, deps.nowMs));
    const last = page.at(-1)?.approval;
    const nextLink =
      cases.length > PAGE && last !== undefined
        ? {
            nextLink: nextPageUrl(
              { armUrl: settings.armUrl, apiVersion: request.apiVersion },
              request.path,
              renderSkipToken(`${String(last.requestedAtMs)} ${last.id}`),
            ),
          }
        : {};
    return { status: 200, body: { json: { value, ...nextLink } } };
  };

  const decide = (decision: Vote["decision"]) =>
    armHandler(async (request: BodyRequest) => {
      const { reason } = parseBody(approvalDecision, request.body);
      const { id: order } = await findOrder(store, orderNameOf(request));
      const { caller } = request;
      const id = request.parameters["approvalId"] ?? "";
      const deciding = { plane, order, id, caller, context: contextOf(request) };
      const decided = await decideApproval(deciding, decision, reason);
      const view = renderApproval(decided, { ...caller, isApprover: true }, now());
      return { status: 200, body: { json: view } };
    });

  return [
    {
      method: "GET",
      path: `${PATHS.job}/approvals`,
      authentication: "caller",
      action: ACTIONS.readApprovals,
      reads: "nothing",
      handle: armHandler(list),
    },
    {
      method: "GET",
      path: PATHS.subscriptionApprovals,
      authentication: "caller",
      action: ACTIONS.readApprovals,
      reads: "nothing",
      handle: armHandler(async (request) => {
        const { subscriptionId = "" } = request.parameters;
        const deps = dependencies();
        const { caller } = request;
        const waiting = await readCasesFor(
          deps,
          subscriptionId.toLowerCase(),
          caller.objectId,
          (order) => isApprover(caller, order),
          WAITING_MAX,
        );
        const approver = { ...caller, isApprover: true };
        const value = waiting.map((each) => renderApproval(each, approver, deps.nowMs));
        return { status: 200, body: { json: { value } } };
      }),
    },
    {
      method: "POST",
      path: `${PATHS.job}/approvals/:approvalId/approve`,
      authentication: "caller",
      action: ACTIONS.approve,
      reads: "json",
      maxBytes: MAX_BYTES,
      handle: decide("approved"),
    },
    {
      method: "POST",
      path: `${PATHS.job}/approvals/:approvalId/reject`,
      authentication: "caller",
      action: ACTIONS.reject,
      reads: "json",
      maxBytes: MAX_BYTES,
      handle: decide("rejected"),
    },
    {
      method: "POST",
      path: `${PATHS.job}/breakGlass`,
      authentication: "caller",
      action: ACTIONS.breakGlass,
      reads: "json",
      maxBytes: MAX_BYTES,
      handle: armHandler(async (request) => {
        const wanted = parseBody(breakGlassRequest, request.body);
        const order = await findOrder(store, orderNameOf(request));
        const { serial } = wanted;
        const nodes = serial === undefined ? [] : await readNodes(store, order.id);
        if (serial !== undefined && !nodes.some((node) => node.serial === serial))
          throw new AppError("InvalidRequestContent", {
            target: "serial",
            detail: "serial: the order has no such node",
          });
        const opened = await openBreakGlass(plane, order, wanted, contextOf(request));
        const expiresAt = renderTime(opened.expiresAtMs);
        const node = serial === undefined ? {} : { serial };
        return { status: 200, body: { json: { id: opened.id, expiresAt, ...node } } };
      }),
    },
  ];
}

function readPosition(request: ArmRequest): CasePosition | undefined {
  const [token = ""] = queryValues(request, "$skipToken");
  if (token === "") return undefined;
  const [, requestedAtMs, id] =
    /^(\d{1,15}) ([\da-f-]{36})$/.exec(parseSkipToken(token) ?? "") ?? [];
  if (requestedAtMs === undefined || id === undefined)
    throw new AppError("InvalidRequestContent", {
      target: "$skipToken",
      detail: "$skipToken: not a token from this list",
    });
  return { requestedAtMs: Number(requestedAtMs), id };
}
