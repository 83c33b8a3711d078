import type { ErrorClass, ErrorCode, Who } from "@databox-cmk/errors";

import type { FaultWorld } from "./world/fault-world.ts";
import type { Site, SiteOptions } from "./world/site.ts";

/**
 * Where a fault shows itself.
 * - `validate`: POST {order}/validateKeyEncryptionKey
 * - `change`: PATCH of the order's key or identity
 * - `credentials`: POST {order}/listCredentials
 * - `unlock`: the signed denial at the appliance, with its audit row
 */
export type Surface = "validate" | "change" | "credentials" | "unlock";

export type FaultContext = { readonly world: FaultWorld; readonly site: Site };

/** One thing that can go wrong, the one name that it must have, and the way back. */
export type Fault = {
  /**
   * Row of the failure mapping (its test in the broker has the same numbers;
   * docs/design/decisions/0006); network failures outside of it have none.
   */
  readonly row?: number;
  readonly name: string;
  readonly code: ErrorCode;
  readonly reason?: string;
  readonly class: ErrorClass;
  readonly who: Who;
  readonly site: SiteName;
  readonly shownBy: readonly Surface[];
  readonly make: (context: FaultContext) => Promise<void>;
  /**
   * Takes back what `make` did, as its own order would be given; absent: nothing brings it back.
   */
  readonly cure?: (context: FaultContext) => Promise<void>;
  /** Members of the key-encryption key, if the fault is in the request. */
  readonly asks?: (context: FaultContext) => object;
  /** The `identity` of the order, likewise. */
  readonly asksIdentity?: (context: FaultContext) => object;
  /** The order's requests go to the broker itself, since Resource Manager is what is broken. */
  readonly by?: "broker";
};

/**
 * Faults of a site happen one after the other; those of `alone` sites take seconds and happen at
 * the same time.
 */
export const SITES = {
  agent: { name: "agent", appliance: "agent" },
  policies: { name: "policies", appliance: "client" },
  roles: { name: "roles", access: "roles", appliance: "client" },
  user: { name: "user", identity: "user", appliance: "client" },
  service: { name: "service", key: "service", appliance: "client" },
  purgedKey: { name: "purged-key", appliance: "client" },
  purgedVault: { name: "purged-vault", appliance: "client" },
  slowName: { name: "slow-name", appliance: "client" },
  slowVault: { name: "slow-vault", appliance: "client" },
  busyVault: { name: "busy-vault", appliance: "client" },
} as const satisfies Record<string, SiteOptions>;
export type SiteName = keyof typeof SITES;
export const ALONE: ReadonlySet<SiteName> = new Set(["slowName", "slowVault", "busyVault"]);
