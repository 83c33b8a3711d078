import { randomUUID } from "node:crypto";

import { createAzureClients, createTransport } from "@databox-cmk/local-stack";

import { createJsonClient } from "../fault-matrix/world/json-client.ts";
import type { World } from "./open-world.ts";

/**
 * Gives a person a role in the stack's subscription.
 *
 * @param definition - GUID of the built-in role
 */
export async function assignRole(
  { stack: { description, caPem, directory } }: World,
  principalId: string,
  definition: string,
): Promise<void> {
  const { armUrl, subscriptionId } = description;
  using transport = createTransport(caPem);
  using clients = createAzureClients(description, caPem, directory.client("Owner"));
  const { token } = await clients.credential.getToken(`${armUrl}/.default`);
  const authorization = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization`;
  const { status, text } = await createJsonClient(transport.agent)(
    "PUT",
    `${armUrl}${authorization}/roleAssignments/${randomUUID()}?api-version=2022-04-01`,
    {
      token,
      body: {
        properties: {
          principalId,
          principalType: "User",
          roleDefinitionId: `${authorization}/roleDefinitions/${definition}`,
        },
      },
    },
  );
  if (status !== 201) throw new Error(`role assignment: ${String(status)} ${text}`);
}
