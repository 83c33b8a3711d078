import { Agent } from "node:https";
import type { LookupFunction } from "node:net";

import type { PipelinePolicy } from "@azure/core-rest-pipeline";

const LOOPBACK = "127.0.0.1";

/**
 * Loopback names of the stack. `*.localhost` does not resolve on every system (Debian without
 * nss-myhostname), so the stack's own clients answer it themselves.
 */
const loopbackLookup: LookupFunction = (hostname, options, callback) => {
  if (hostname !== "localhost" && !hostname.endsWith(".localhost")) {
    callback(Object.assign(new Error(`${hostname} is not on loopback`), { code: "ENOTFOUND" }), "");
  } else if (options.all === true) {
    callback(null, [{ address: LOOPBACK, family: 4 }]);
  } else {
    callback(null, LOOPBACK, 4);
  }
};

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
