import { DataBoxManagementClient } from "@azure/arm-databox";

import { SUBSCRIPTION } from "./jobs.ts";
import type { BrokerWorld } from "./open-broker.ts";
import type { TokenClaims } from "./token-issuer.ts";

/** The unmodified Azure SDK, over TLS. */
export function createDataBoxClient(
  world: BrokerWorld,
  claims: TokenClaims = { roles: ["Owner"] },
): DataBoxManagementClient {
  const credential = {
    getToken: async () => ({
      token: await world.token(claims),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  };
  return new DataBoxManagementClient(credential, SUBSCRIPTION, {
    endpoint: world.url(),
    $host: world.url(),
    tlsOptions: { ca: world.caPem },
    retryOptions: { maxRetries: 0 },
  });
}
