import * as z from "zod/mini";

import { armPath } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

const API_VERSION = "2023-01-31";

const userIdentity = z.object({
  id: z.string(),
  name: z.string(),
  properties: z.object({ principalId: z.string(), clientId: z.string() }),
});
export type UserIdentity = z.infer<typeof userIdentity>;
const userIdentityList = z.object({ value: z.array(userIdentity) });

/** A customer's own managed identities, without those that the service makes for orders. */
export async function readUserIdentities(
  client: Client,
  subscriptionId: string,
  signal: AbortSignal,
): Promise<readonly UserIdentity[]> {
  const path = armPath(
    `/subscriptions/${encodeURIComponent(subscriptionId)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`,
    API_VERSION,
  );
  const { value } = await client.read(path, userIdentityList, { signal });
  return value.filter(({ name }) => !ORDER_IDENTITY.test(name));
}

const ORDER_IDENTITY = /^dbx-[0-9a-f]{24}$/;
