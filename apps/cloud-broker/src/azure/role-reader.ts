import * as z from "zod";

import type { RoleReader } from "../callers/held-roles.ts";
import { unexpectedResource } from "./resource-manager-calls.ts";
import type { ResourceManagerGet } from "./resource-manager-get.ts";

const API_VERSION = "2022-04-01";
const SCOPE = /^\/subscriptions\/[^/?#]+(?:\/resourceGroups\/[^/?#]+)?$/i;
const PRINCIPAL = /^[0-9A-Za-z-]{1,64}$/;
const ASSIGNMENTS = z.object({
  value: z
    .array(z.object({ properties: z.object({ roleDefinitionId: z.string(), scope: z.string() }) }))
    .max(1000),
});

/** Role assignments from Resource Manager: those at the scope and above it. */
export function createRoleReader(get: ResourceManagerGet): RoleReader {
  return {
    async roleAssignments(principalId, scope) {
      if (!SCOPE.test(scope) || !PRINCIPAL.test(principalId)) return { ok: true, value: [] };
      const filter = encodeURIComponent(`assignedTo('${principalId}')`);
      const path = `${scope}/providers/Microsoft.Authorization/roleAssignments`;
      const answer = await get(`${path}?api-version=${API_VERSION}&$filter=${filter}`);
      if (answer.kind === "failed") return { ok: false, failure: answer.failure };
      if (answer.kind !== "found") return { ok: true, value: [] };
      const assignments = ASSIGNMENTS.safeParse(answer.value);
      if (!assignments.success) return unexpectedResource("list of role assignments");
      return { ok: true, value: assignments.data.value.map(({ properties }) => properties) };
    },
  };
}
