import {
  type OperationName,
  type OperatorRevocationScope,
  type PreparedNode,
  preparedNodes,
} from "@databox-cmk/protocol";

import type { SendJson } from "./send-json.ts";

export type OperatorEvent = Exclude<OperationName, "prepare">;

/** The datacenter operator's calls to the broker (docs/reference/arm-api.md, operator API). */
export type OperatorClient = {
  /** Makes the order's unlock keys; answers one one-time enrolment code for each node. */
  prepare(order: string, serials: readonly string[]): Promise<readonly PreparedNode[]>;
  /** @param body - members that the operation takes: `force` of dispatch, `outcome` of an end. */
  advance(order: string, event: OperatorEvent, body?: object): Promise<void>;
  /** Activates the broker's own kill switch, and turns it off. */
  revoke(scope: OperatorRevocationScope, reason: string): Promise<void>;
  restoreAccess(scope: OperatorRevocationScope): Promise<void>;
};
export function createOperatorClient(send: SendJson, brokerUrl: string): OperatorClient {
  const post = (order: string, event: string, body: object) =>
    send("POST", `${brokerUrl}/operator/v1${order}/${event}`, body);
  return {
    prepare: async (order, serials) =>
      preparedNodes.parse(await post(order, "prepare", { serials })).nodes,
    advance: async (order, event, body = {}) => {
      await post(order, event, body);
    },
    revoke: async (scope, reason) => {
      await post("", "revoke", { scope, reason });
    },
    restoreAccess: async (scope) => {
      await post("", "restoreAccess", { scope });
    },
  };
}
