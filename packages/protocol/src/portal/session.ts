import * as z from "zod/mini";

import type { Calls } from "../call.ts";

/** The signed-in person, and the settings that a page needs. */
export const sessionView = z.object({
  name: z.string(),
  userName: z.string(),
  objectId: z.string(),
  tenantId: z.string(),
  /**
   * Whether the broker serves this tenant alone, or it is the operator's or a customer's; absent
   * from an earlier broker, which is signed in to the operator's.
   */
  tenancy: z.optional(z.enum(["only", "home", "customer"])),
  roles: z.array(z.string()),
  /** Sent back with each call that changes something. */
  csrfToken: z.string(),
  expiresAt: z.string(),
  armUrl: z.string(),
  vaultSuffixes: z.array(z.string()),
  brokerUrl: z.string(),
  /** Whether the broker asks if an approver's account is enabled; absent from an earlier broker. */
  readsAccounts: z.optional(z.boolean()),
});
export type SessionView = z.infer<typeof sessionView>;

/** The address at which the identity provider ends its own session. */
export const signedOut = z.object({ location: z.string() });
export type SignedOut = z.infer<typeof signedOut>;

/**
 * The actions that the person's roles allow, on an order or on a subscription. `changes`: the
 * writes that change who decides or what guards a key, and the roles that have them; absent from an
 * earlier broker.
 */
export const permissionsView = z.object({
  actions: z.array(z.string()),
  changes: z.optional(
    z.array(z.object({ action: z.string(), effect: z.string(), roles: z.array(z.string()) })),
  ),
});

/** Data of the event `order` of the portal's stream: what has changed of an order. */
export const orderEvent = z.object({ id: z.string(), what: z.array(z.string()) });
export type OrderEvent = z.infer<typeof orderEvent>;

/** The stream of a page's events. */
export const EVENTS_PATH = "/portal/api/events";

/** Starts of the paths by which a page makes the calls of the broker's other APIs. */
export const PORTAL_PATHS = { caller: "/portal/api/arm", operator: "/portal/api" } as const;

const PERMISSIONS = "/portal/api/permissions/subscriptions/:subscriptionId";

export const SESSION_CALLS = {
  read: { at: ["GET", "/portal/api/session"], answers: { 200: sessionView } },
  signOut: { at: ["POST", "/portal/auth/sign-out"], answers: { 200: signedOut } },
  permissionsOfSubscription: { at: ["GET", PERMISSIONS], answers: { 200: permissionsView } },
  permissionsOfOrder: {
    at: [
      "GET",
      `${PERMISSIONS}/resourceGroups/:resourceGroup/providers/Microsoft.DataBox/jobs/:jobName`,
    ],
    answers: { 200: permissionsView },
  },
} as const satisfies Calls;
