import { randomUUID } from "node:crypto";

import { createAzureClients } from "@databox-cmk/local-stack";

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
  using clients = createAzureClients(description, caPem, directory.client("Owner"));
  const authorization = `/subscriptions/${description.subscriptionId}/providers/Microsoft.Authorization`;
  await clients.callResourceManager(
    "PUT",
    `${authorization}/roleAssignments/${randomUUID()}?api-version=2022-04-01`,
    {
      properties: {
        principalId,
        principalType: "User",
        roleDefinitionId: `${authorization}/roleDefinitions/${definition}`,
      },
    },
  );
}
