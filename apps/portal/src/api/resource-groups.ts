import * as z from "zod/mini";

import { armPath } from "../core/arm-path.ts";
import type { Client } from "./client.ts";
import { ProblemError } from "./problem-error.ts";

const GROUPS_API_VERSION = "2021-04-01";
const LOCATIONS_API_VERSION = "2022-12-01";

const groupList = z.object({
  value: z.array(z.object({ name: z.string(), location: z.string() })),
});
const location = z.object({ name: z.string(), displayName: z.optional(z.string()) });
export type Location = z.infer<typeof location>;
const locationList = z.object({ value: z.array(location) });

const subscriptionPath = (subscriptionId: string) =>
  `/subscriptions/${encodeURIComponent(subscriptionId)}`;

export async function readResourceGroups(
  client: Client,
  subscriptionId: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const path = armPath(`${subscriptionPath(subscriptionId)}/resourcegroups`, GROUPS_API_VERSION);
  const { value } = await client.read(path, groupList, { signal });
  return value.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b));
}

/** A group of that name may exist from an attempt whose next step failed: it is used unchanged. */
export async function createResourceGroup(
  client: Client,
  subscriptionId: string,
  name: string,
  at: string,
): Promise<void> {
  const path = armPath(
    `${subscriptionPath(subscriptionId)}/resourcegroups/${encodeURIComponent(name)}`,
    GROUPS_API_VERSION,
  );
  try {
    await client.send(path, { method: "PUT", body: { location: at }, createOnly: true });
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== "NameTaken") throw error;
  }
}

export async function readLocations(
  client: Client,
  subscriptionId: string,
  signal: AbortSignal,
): Promise<readonly Location[]> {
  const path = armPath(`${subscriptionPath(subscriptionId)}/locations`, LOCATIONS_API_VERSION);
  const { value } = await client.read(path, locationList, { signal });
  return value;
}
