import { createAzureClients, createTransport, type StoryOrder } from "@databox-cmk/local-stack";

import { createJsonClient, type JsonAnswer } from "../fault-matrix/world/json-client.ts";
import type { World } from "./open-world.ts";

/**
 * A call of the operator API, by the datacenter's operator: below an order's path, or for the whole
 * fleet.
 */
export async function operatorCall(
  { stack }: World,
  order: StoryOrder | undefined,
  action: string,
  body: object,
): Promise<JsonAnswer> {
  const { description, caPem, directory } = stack;
  using transport = createTransport(caPem);
  using clients = createAzureClients(description, caPem, directory.client("Datacenter Operator"));
  const accessToken = await clients.credential.getToken(`${description.armUrl}/.default`);
  const url = `${description.brokerUrl}/operator/v1${order?.id ?? ""}/${action}`;
  return await createJsonClient(transport.agent)("POST", url, { token: accessToken.token, body });
}
