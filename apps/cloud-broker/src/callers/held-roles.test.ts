import { expect, test } from "vitest";

import { createHeldRoles, type RoleAssignment } from "./held-roles.ts";

const READER =
  "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7";
const SCOPE = "/subscriptions/s";

test("a removed role counts for half a minute, also after the clock was set back", async () => {
  let nowMs = Date.UTC(2026, 0, 5);
  let assigned: readonly RoleAssignment[] = [{ roleDefinitionId: READER, scope: SCOPE }];
  const heldRoles = createHeldRoles(
    { roleAssignments: () => Promise.resolve({ ok: true, value: assigned }) },
    () => nowMs,
  );
  const held = async () => {
    const outcome = await heldRoles("person", SCOPE);
    return outcome.ok && outcome.value.length;
  };
  expect(await held()).toBe(1);
  assigned = [];
  nowMs += 29_000;
  expect(await held()).toBe(1);
  nowMs -= 3_600_000;
  expect(await held()).toBe(0);
  assigned = [{ roleDefinitionId: READER, scope: SCOPE }];
  nowMs += 5_000;
  expect(await held()).toBe(1);
});
