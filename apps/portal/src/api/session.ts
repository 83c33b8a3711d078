import * as z from "zod/mini";

import type { Client } from "./client.ts";
import { ProblemError } from "./problem-error.ts";

export const sessionView = z.object({
  name: z.string(),
  userName: z.string(),
  objectId: z.string(),
  tenantId: z.string(),
  roles: z.array(z.string()),
  csrfToken: z.string(),
  armUrl: z.string(),
  vaultSuffixes: z.array(z.string()),
  brokerUrl: z.string(),
});
export type Session = z.infer<typeof sessionView>;

/** index.html preloads this path (vite.config.ts). */
export const SESSION_PATH = "/portal/api/session";
const SIGNED_OUT_STATUS = 401;

/** The signed-in person, or `null` (a query has no `undefined`). */
export async function readSession(client: Client): Promise<Session | null> {
  try {
    return await client.read(SESSION_PATH, sessionView);
  } catch (error) {
    if (error instanceof ProblemError && error.status === SIGNED_OUT_STATUS) return null;
    throw error;
  }
}

/** @param returnTo - a path of this origin; the server refuses any other. */
export function signInUrl(returnTo: string): string {
  return `/portal/auth/sign-in?returnTo=${encodeURIComponent(returnTo)}`;
}

/** The address at which the identity provider ends its own session. */
export const signedOut = z.object({ location: z.string() });
