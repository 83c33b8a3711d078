import { SESSION_CALLS, type SessionView } from "@databox-cmk/protocol";

import type { Client } from "./client.ts";
import { ProblemError } from "./problem-error.ts";

/** index.html preloads this path (vite.config.ts). */
export const SESSION_PATH = SESSION_CALLS.read.at[1];
const SIGNED_OUT_STATUS = 401;

/** The signed-in person, or `null` (a query has no `undefined`). */
export async function readSession(client: Client): Promise<SessionView | null> {
  try {
    return await client.call(SESSION_CALLS.read, { params: {} });
  } catch (error) {
    if (error instanceof ProblemError && error.status === SIGNED_OUT_STATUS) return null;
    throw error;
  }
}

/** @param returnTo - a path of this origin; the server refuses any other. */
export function signInUrl(returnTo: string): string {
  return `/portal/auth/sign-in?returnTo=${encodeURIComponent(returnTo)}`;
}

/** Asks the person for the directory, so the page that they leave is not there. */
export const SWITCH_DIRECTORY_URL = `${signInUrl("/portal/")}&tenant=`;
