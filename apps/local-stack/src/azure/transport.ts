import { Agent } from "node:https";

import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import { loopbackLookup } from "@databox-cmk/azure-emulator";

export type Transport = {
  readonly agent: Agent;
  /**
   * For `additionalPolicies` of an Azure SDK client, which stays unmodified but for the connection
   * it is given.
   */
  readonly policies: readonly { readonly policy: PipelinePolicy; readonly position: "perCall" }[];
  [Symbol.dispose](): void;
};

/**
 * Connections of Azure SDK clients to the stack: its own CA is trusted, its names resolve, sockets
 * are kept alive.
 */
export function createTransport(caPem: string): Transport {
  const agent = new Agent({ ca: caPem, lookup: loopbackLookup, keepAlive: true });
  const policy: PipelinePolicy = {
    name: "loopbackAgent",
    sendRequest(request, next) {
      request.agent = agent;
      return next(request);
    },
  };
  return {
    agent,
    policies: [{ policy, position: "perCall" }],
    [Symbol.dispose]: () => agent.destroy(),
  };
}
