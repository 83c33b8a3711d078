import { randomUUID } from "node:crypto";

import type { AttachedIdentity } from "../../src/core/order.ts";
import type { Failure, IdentityDirectory } from "../../src/core/ports.ts";

export const TENANT_ID = "11111111-1111-4111-8111-111111111111";

export type FakeIdentities = IdentityDirectory & {
  /** System-assigned identities that exist, by order and epoch. */
  readonly system: Map<string, AttachedIdentity>;
  /** Attached user-assigned identities, by resource id; a deleted one comes back as another. */
  readonly user: Map<string, AttachedIdentity>;
  /** The directory's answer about a user-assigned identity, by resource id. */
  readonly failures: Map<string, Failure>;
  /** The customer grants each new principal the rights on their key at once. */
  granting: boolean;
  /** While set, nothing can be deleted. */
  outage: Failure | undefined;
};

/** A directory in memory: every identity that is made has a new principal. */
export function createFakeIdentities(grant: (principalId: string) => void): FakeIdentities {
  const system = new Map<string, AttachedIdentity>();
  const user = new Map<string, AttachedIdentity>();
  const failures = new Map<string, Failure>();
  const directory: FakeIdentities = {
    system,
    user,
    failures,
    granting: true,
    outage: undefined,
    createSystemAssigned(order, _location, epoch) {
      const key = `${order} ${String(epoch)}`;
      const identity = system.get(key) ?? identityOf("system", `/identities/dbx-${String(epoch)}`);
      system.set(key, identity);
      if (directory.granting) grant(identity.principalId);
      return Promise.resolve({ ok: true, value: identity });
    },
    deleteSystemAssigned(order, epoch) {
      if (directory.outage !== undefined)
        return Promise.resolve({ ok: false, failure: directory.outage });
      system.delete(`${order} ${String(epoch)}`);
      return Promise.resolve({ ok: true, value: undefined });
    },
    attachUserAssigned(_order, resourceId) {
      const failure = failures.get(resourceId);
      if (failure !== undefined) return Promise.resolve({ ok: false, failure });
      const key = resourceId.toLowerCase();
      const identity = user.get(key) ?? identityOf("user", resourceId);
      user.set(key, identity);
      if (directory.granting) grant(identity.principalId);
      return Promise.resolve({ ok: true, value: identity });
    },
  };
  return directory;
}

function identityOf(kind: AttachedIdentity["kind"], resourceId: string): AttachedIdentity {
  return {
    kind,
    resourceId,
    tenantId: TENANT_ID,
    clientId: randomUUID(),
    principalId: randomUUID(),
  };
}
