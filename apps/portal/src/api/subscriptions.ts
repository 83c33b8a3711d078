import * as z from "zod/mini";

import { armPath } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

/** index.html preloads this path (vite.config.ts). */
export const SUBSCRIPTIONS_PATH = armPath("/subscriptions", "2022-12-01");

const subscription = z.object({ subscriptionId: z.string(), displayName: z.string() });
export type Subscription = z.infer<typeof subscription>;
const subscriptionList = z.object({ value: z.array(subscription) });

export async function readSubscriptions(client: Client): Promise<readonly Subscription[]> {
  const { value } = await client.read(SUBSCRIPTIONS_PATH, subscriptionList);
  return value;
}
