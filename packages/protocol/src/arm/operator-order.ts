import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import {
  completeRequest,
  dispatchRequest,
  failRequest,
  prepareRequest,
  replaceDeviceRequest,
} from "./job-actions.ts";
import { jobResource, STAGE_NAMES } from "./job-view.ts";
import { orderNodes } from "./order-summary.ts";
import { PATHS } from "./paths.ts";
import { preparedNode, preparedNodes } from "./service-views.ts";
import { NO_VERDICT, verdictView } from "./verdict-view.ts";

/** The operations on an order, in the order of its lifecycle; each is a call of this name. */
export const OPERATIONS = [
  "prepare",
  "dispatch",
  "deliver",
  "pickUp",
  "receive",
  "startCopy",
  "complete",
  "fail",
  "erase",
] as const;
export type OperationName = (typeof OPERATIONS)[number];

/** Operator API: the whole order, its nodes, and after erasure the signed certificate. */
export const operatorOrder = z.object({
  ...jobResource.shape,
  operations: z.array(
    z.object({
      name: z.enum(OPERATIONS),
      /** Whether the order accepts it now, and it changes something. */
      allowed: z.boolean(),
      /** Stages from which it leads on. */
      stages: z.array(z.enum(STAGE_NAMES)),
    }),
  ),
  nodes: orderNodes.shape.value,
  verdict: z.prefault(verdictView, NO_VERDICT),
  /**
   * Serial numbers of nodes that cannot be unlocked at the customer's, since they were never
   * prepared.
   */
  unpreparedNodes: z.optional(z.array(z.string())),
  /** After erasure of the keys: serial numbers of nodes that have not certified theirs. */
  unerasedNodes: z.optional(z.array(z.string())),
  /** JWS, `typ` `databox-erasure+jws`. */
  erasureReceipt: z.optional(z.string()),
});
export type OperatorOrder = z.infer<typeof operatorOrder>;

/** The body of a move that takes none; it is ignored. */
const noMembers = z.object({});

const move = <Name extends string, Body extends z.ZodMiniType>(name: Name, body: Body) =>
  ({
    at: ["POST", `${PATHS.operatorOrder}/${name}`],
    body,
    optional: true,
    answers: { 200: operatorOrder },
  }) as const;

/** Each answers with the order as it is then. */
export const MOVE_CALLS = {
  dispatch: move("dispatch", dispatchRequest),
  deliver: move("deliver", noMembers),
  pickUp: move("pickUp", noMembers),
  receive: move("receive", noMembers),
  startCopy: move("startCopy", noMembers),
  complete: move("complete", completeRequest),
  fail: move("fail", failRequest),
  erase: move("erase", noMembers),
} as const satisfies Record<Exclude<OperationName, "prepare">, Calls[string]>;

export const OPERATOR_ORDER_CALLS = {
  read: { at: ["GET", PATHS.operatorOrder], answers: { 200: operatorOrder } },
  prepare: {
    at: ["POST", `${PATHS.operatorOrder}/prepare`],
    body: prepareRequest,
    optional: true,
    answers: { 200: preparedNodes },
  },
  replaceDevice: {
    at: ["POST", `${PATHS.operatorOrder}/replaceDevice`],
    body: replaceDeviceRequest,
    answers: { 200: preparedNode },
  },
} as const satisfies Calls;
