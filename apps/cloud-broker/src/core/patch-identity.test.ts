import { IDENTITY_TYPES, type ResourceIdentity } from "@databox-cmk/protocol";
import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";

import type { AttachedIdentity } from "./order.ts";
import { decideIdentities, identityTypeOf, MAX_USER_IDENTITIES } from "./patch-identity.ts";

const attached = (kind: AttachedIdentity["kind"], resourceId: string): AttachedIdentity => ({
  kind,
  resourceId,
  tenantId: "t",
  clientId: "c",
  principalId: `p ${resourceId}`,
});
/** Applies a plan as the shell does. */
const apply = (
  before: readonly AttachedIdentity[],
  written: ResourceIdentity,
): readonly AttachedIdentity[] => {
  const plan = decideIdentities(before, written);
  if (!plan.ok) return before;
  const { keep, attach, createSystemAssigned } = plan.value;
  return [
    ...keep,
    ...attach.map((id) => attached("user", id)),
    ...(createSystemAssigned ? [attached("system", "made")] : []),
  ];
};

const written: fc.Arbitrary<ResourceIdentity> = fc.record({
  type: fc.constantFrom(...IDENTITY_TYPES),
  userAssignedIdentities: fc.dictionary(
    fc.constantFrom(...Array.from({ length: 14 }, (_, index) => `/Identity${String(index)}`)),
    fc.constantFrom(null, {}),
    { maxKeys: 14 },
  ),
});

test.prop([fc.array(written, { maxLength: 12 })])(
  "any sequence of writes leaves at most one system identity, at most ten others, no id twice",
  (writes) => {
    let identities: readonly AttachedIdentity[] = [];
    for (const write of writes) {
      identities = apply(identities, write);
      const users = identities.filter((identity) => identity.kind === "user");
      expect(users.length).toBeLessThanOrEqual(MAX_USER_IDENTITIES);
      expect(identities.length - users.length).toBeLessThanOrEqual(1);
      expect(new Set(users.map((identity) => identity.resourceId)).size).toBe(users.length);
    }
  },
);

test.prop([fc.array(written, { maxLength: 6 }), written])(
  "a write that is accepted gives the type that it names, and changes nothing when repeated",
  (writes, last) => {
    let before: readonly AttachedIdentity[] = [];
    for (const write of writes) before = apply(before, write);
    fc.pre(decideIdentities(before, last).ok);
    const after = apply(before, last);
    expect(identityTypeOf(after)).toBe(last.type);
    const again = decideIdentities(after, last);
    expect(again.ok && again.value.remove).toEqual([]);
    expect(again.ok && again.value.attach).toEqual([]);
    expect(again.ok && again.value.createSystemAssigned).toBe(false);
  },
);

test("None → SystemAssigned asks for a new principal, SystemAssigned again does not", () => {
  expect(decideIdentities([], { type: "SystemAssigned" })).toMatchObject({
    ok: true,
    value: { createSystemAssigned: true },
  });
  expect(decideIdentities([attached("system", "s")], { type: "SystemAssigned" })).toMatchObject({
    ok: true,
    value: { createSystemAssigned: false, remove: [] },
  });
});
