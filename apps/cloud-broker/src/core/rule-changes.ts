import type { namedActions } from "./actions.ts";

/**
 * The effect of a change on the protection of an order. `other`: neither allows all that the other
 * one allows. `moves`: the decision goes to other people, which is never stricter.
 */
export type Effect = "same" | "stricter" | "looser" | "other" | "moves";

/** An action that can change something. */
type Write = Exclude<(typeof namedActions)[number], `${string}/read` | `locations/${string}`>;

/**
 * Every write of a customer, with its effect on the guards of an order's keys and on the people who
 * decide about them. `compared`: the effect depends on the written value. `owner`: it moves power
 * by itself, so that only an Owner has the action. `none`: it changes no rule. The type names every
 * write, so that a new one cannot be forgotten. Of an operator's writes, those of a campaign are
 * compared like an owner's; the others move appliances, stop unlocks, and never release a key.
 */
export const RULE_CHANGES = {
  "jobs/unlockPolicy/write": "compared",
  "jobs/unlockPolicy/override/action": "owner",
  "jobs/unlockBudget/write": "compared",
  "jobs/unlockBudget/delete": "compared",
  /** The key, and by it the vault. An identity only signs in to the vault of the key. */
  "jobs/write": "compared",
  "jobs/backupKeys/write": "looser",
  "jobs/backupKeys/delete": "stricter",
  "jobs/backupKeys/use/action": "owner",
  "jobs/restoreAccess/action": "looser",
  "jobs/revoke/action": "stricter",
  "custodyPolicy/write": "owner",
  "jobs/approvals/approve/action": "none",
  "jobs/approvals/reject/action": "none",
  "jobs/breakGlass/action": "none",
  "jobs/listCredentials/action": "none",
  "jobs/offlineUnlocks/action": "none",
  "jobs/cancel/action": "none",
  "jobs/delete": "none",
  "jobs/bookShipmentPickUp/action": "none",
  "jobs/markDevicesShipped/action": "none",
  "jobs/mitigate/action": "none",
  "jobs/validateKeyEncryptionKey/action": "none",
  "jobs/keyHealth/check/action": "none",
  "jobs/revocationDrill/action": "none",
} as const satisfies Record<Write, Effect | "compared" | "owner" | "none">;

export type Effects = Readonly<Record<string, Effect>>;

/** The names of the protections that a change loosens or moves. */
export function looseningOf(effects: Effects): readonly string[] {
  return Object.entries(effects)
    .filter(([, effect]) => effect !== "same" && effect !== "stricter")
    .map(([name]) => name);
}

/**
 * Whether a change gives the decision to other people. It needs the approvals that hold now, as any
 * loosening does; where none are needed, only an Owner may make it, who can grant rights anyway.
 */
export const movesPower = (effects: Effects): boolean => Object.values(effects).includes("moves");
