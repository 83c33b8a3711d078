import { type NodeSecret, unencryptedCredentialsList } from "@databox-cmk/protocol";

import { type OrderName, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

/** The unlock keys of an order's nodes; this calls the vault and adds an audit row. */
export async function listCredentials(
  client: Client,
  name: OrderName,
): Promise<readonly NodeSecret[]> {
  const { value } = await client.read(
    orderPath(name, "/listCredentials"),
    unencryptedCredentialsList,
    { method: "POST" },
  );
  return value.flatMap(({ jobSecrets }) =>
    jobSecrets.jobSecretsType === "DataBox" ? jobSecrets.podSecrets : jobSecrets.cabinetPodSecrets,
  );
}
