import * as z from "zod/mini";

import { WHO } from "./arm-error.ts";
import { cloudError } from "./job-view.ts";

/** Our extension: the next step. */
export const nextStep = z.object({
  /** Of a person whom only a newer service names, its operator knows. */
  // oxlint-disable-next-line promise/valid-params -- zod's, which is no promise
  who: z.catch(z.enum(WHO), "broker-operator"),
  text: z.string(),
  command: z.optional(z.string()),
  /** The action of this API that is the step itself. */
  action: z.optional(
    z.object({
      name: z.string(),
      parameters: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  ),
});

/**
 * Whether the nodes of an order can be unlocked: `Ready` now; `Waiting` until something passes or
 * is decided; `NotNow` in the order's stage; `Blocked` until a person repairs something.
 */
export const UNLOCK_STATES = ["Ready", "Waiting", "NotNow", "Blocked"] as const;
export type UnlockState = (typeof UNLOCK_STATES)[number];

/** `Open`: it cannot be known yet, and does not change the light, the worst of the others. */
const shippingState = z.enum(["Passed", "Attention", "Failed", "Open"]);
export type ShippingState = z.infer<typeof shippingState>;

/** Our extension: can the appliance be unlocked now, and who must do what? */
export const verdictView = z.object({
  state: z.enum(UNLOCK_STATES),
  /** By which each node can be unlocked: `network`, `offline` (a carried challenge), `passkey`. */
  channels: z.array(z.enum(["network", "offline", "passkey"])),
  /** How many people must approve each unlock. */
  approvals: z.number(),
  /** Everything that is in the way, the deciding one first. */
  causes: z.array(z.object({ ...cloudError.shape, serial: z.optional(z.string()) })),
  nextStep,
  /**
   * The first thing that changes it without an act of a person: the `hours` or the `budget` of the
   * day, an `approval` that ends, the expiry of the `key`, the `lease` of a node that sends no
   * renewal.
   */
  until: z.optional(z.object({ at: z.string(), by: z.string() })),
  /** How it goes on until it is taken. */
  otherwise: z.optional(z.string()),
  /** Until the dispatch: may the appliance be sent? */
  shipping: z.optional(
    z.object({
      light: shippingState,
      /** `access`, `key`, `backup`, `approvers`, `drill`. */
      checks: z.array(z.object({ name: z.string(), state: shippingState })),
    }),
  ),
});
export type VerdictView = z.infer<typeof verdictView>;

/** An order of an older service, which has no verdict: nothing is known to be in the way. */
export const NO_VERDICT = {
  state: "Ready",
  channels: [],
  approvals: 0,
  causes: [],
  nextStep: { who: "nobody", text: "" },
} as const satisfies z.input<typeof verdictView>;

/** The same in a list. */
export const verdictSummary = z.object({
  state: z.enum(UNLOCK_STATES),
  code: z.optional(z.string()),
  nextStep,
  shipping: z.optional(shippingState),
});
