import type { TokenCredential } from "@azure/core-auth";
import {
  bearerTokenAuthenticationPolicy,
  createEmptyPipeline,
  type PipelinePolicy,
} from "@azure/core-rest-pipeline";

import { sendJson } from "./send-json.ts";

export type EnrolmentCode = { readonly serial: string; readonly enrolmentCode: string };
export type OperatorEvent =
  | "dispatch"
  | "deliver"
  | "pickUp"
  | "receive"
  | "startCopy"
  | "complete"
  | "fail"
  | "erase";

/** The datacenter operator's calls to the broker (docs/reference/arm-api.md, operator API). */
export type OperatorClient = {
  /** Makes the order's unlock keys; answers one one-time enrolment code for each node. */
  prepare(order: string, serials: readonly string[]): Promise<readonly EnrolmentCode[]>;
  /** @param body - members that the operation takes: `force` of dispatch, `outcome` of an end. */
  advance(order: string, event: OperatorEvent, body?: object): Promise<void>;
  /** Activates the broker's own kill switch, and turns it off. */
  revoke(scope: RevocationScope, reason: string): Promise<void>;
  restoreAccess(scope: RevocationScope): Promise<void>;
};
type RevocationScope =
  | { readonly kind: "fleet" }
  | { readonly kind: "order"; readonly order: string };

export function createOperatorClient(options: {
  readonly brokerUrl: string;
  readonly scope: string;
  readonly credential: TokenCredential;
  readonly policies: readonly { readonly policy: PipelinePolicy }[];
}): OperatorClient {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(
    bearerTokenAuthenticationPolicy({ credential: options.credential, scopes: options.scope }),
  );
  for (const { policy } of options.policies) pipeline.addPolicy(policy);

  const post = (order: string, event: string, body: object) =>
    sendJson(pipeline, "POST", `${options.brokerUrl}/operator/v1${order}/${event}`, body);
  return {
    prepare: async (order, serials) => parseCodes(await post(order, "prepare", { serials })),
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

function parseCodes(body: unknown): readonly EnrolmentCode[] {
  if (typeof body === "object" && body !== null && "nodes" in body && Array.isArray(body.nodes)) {
    return body.nodes.map((node: unknown) => {
      if (
        typeof node === "object" &&
        node !== null &&
        "serial" in node &&
        typeof node.serial === "string" &&
        "enrolmentCode" in node &&
        typeof node.enrolmentCode === "string"
      ) {
        return { serial: node.serial, enrolmentCode: node.enrolmentCode };
      }
      throw new Error("the broker's answer to prepare has a node without serial or enrolmentCode");
    });
  }
  throw new Error("the broker's answer to prepare has no nodes");
}
