import { JOB_CALLS, type NodeSecret } from "@databox-cmk/protocol";

import type { OrderName } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

/** The unlock keys of an order's nodes; this calls the vault and adds an audit row. */
export async function listCredentials(
  client: Client,
  params: OrderName,
): Promise<readonly NodeSecret[]> {
  const { value } = await client.call(JOB_CALLS.listCredentials, { params });
  return value.flatMap(({ jobSecrets }) =>
    jobSecrets.jobSecretsType === "DataBox" ? jobSecrets.podSecrets : jobSecrets.cabinetPodSecrets,
  );
}
