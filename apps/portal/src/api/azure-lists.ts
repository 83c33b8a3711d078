import * as z from "zod/mini";

import { armPath } from "../core/arm-path.ts";
import type { Client } from "./client.ts";
import { ProblemError } from "./problem-error.ts";
import { vault, VAULTS_API_VERSION } from "./vaults.ts";

/** What a subscription has in Azure, by its path below the subscription. */
export type AzureList<Item extends z.ZodMiniType> = {
  readonly path: string;
  readonly apiVersion: string;
  readonly item: Item;
};

const named = z.object({ name: z.string() });
export const AZURE_LISTS = {
  vaults: {
    path: "providers/Microsoft.KeyVault/vaults",
    apiVersion: VAULTS_API_VERSION,
    item: vault,
  },
  groups: { path: "resourcegroups", apiVersion: "2021-04-01", item: named },
  locations: {
    path: "locations",
    apiVersion: "2022-12-01",
    item: z.extend(named, { displayName: z.optional(z.string()) }),
  },
  identities: {
    path: "providers/Microsoft.ManagedIdentity/userAssignedIdentities",
    apiVersion: "2023-01-31",
    item: z.extend(named, { id: z.string(), properties: z.object({ principalId: z.string() }) }),
  },
  storageAccounts: {
    path: "providers/Microsoft.Storage/storageAccounts",
    apiVersion: "2023-01-01",
    item: z.extend(named, { id: z.string(), location: z.string() }),
  },
} as const satisfies Record<string, AzureList<z.ZodMiniType>>;

export async function readAzureList<Item extends z.ZodMiniType>(
  client: Client,
  subscriptionId: string,
  { path, apiVersion, item }: AzureList<Item>,
  signal: AbortSignal,
): Promise<readonly z.infer<Item>[]> {
  const whole = `/subscriptions/${encodeURIComponent(subscriptionId)}/${path}`;
  const list = z.object({ value: z.array(item) });
  return (await client.read(armPath(whole, apiVersion), list, { signal })).value;
}

/** A group of that name may exist from an attempt whose next step failed: it is used unchanged. */
export async function createResourceGroup(
  client: Client,
  subscriptionId: string,
  name: string,
  at: string,
): Promise<void> {
  const path = armPath(
    `/subscriptions/${encodeURIComponent(subscriptionId)}/resourcegroups/${encodeURIComponent(name)}`,
    AZURE_LISTS.groups.apiVersion,
  );
  try {
    await client.send(path, { method: "PUT", body: { location: at }, createOnly: true });
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== "NameTaken") throw error;
  }
}
