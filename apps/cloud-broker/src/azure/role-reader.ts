import * as z from "zod";

import type { RoleReader } from "../callers/held-roles.ts";
import { failed } from "../core/failed.ts";
import { type ResourceManagerGet, unexpectedResource } from "./resource-manager-get.ts";

const API_VERSION = "2022-04-01";
const SCOPE = /^\/subscriptions\/([^/?#]+)(\/resourceGroups\/[^/?#]+)?$/i;
export const PRINCIPAL = /^[0-9A-Za-z-]{1,64}$/;
const ASSIGNMENTS = z.object({
  value: z
    .array(z.object({ properties: z.object({ roleDefinitionId: z.string(), scope: z.string() }) }))
    .max(1000),
});

/**
 * Role assignments from Resource Manager: those at the scope and above it. A group that does not
 * exist has only those of its subscription.
 */
export function createRoleReader(get: ResourceManagerGet): RoleReader {
  return {
    async roleAssignments(principalId, scope) {
      const [, subscription, group] = SCOPE.exec(scope) ?? [];
      if (subscription === undefined || !PRINCIPAL.test(principalId))
        return { ok: true, value: [] };
      const filter = encodeURIComponent(`assignedTo('${principalId}')`);
      const path = `${scope}/providers/Microsoft.Authorization/roleAssignments`;
      const answer = await get(`${path}?api-version=${API_VERSION}&$filter=${filter}`);
      if (answer.kind === "failed") return failed(answer.failure);
      if (answer.kind === "absent" && group !== undefined)
        return this.roleAssignments(principalId, `/subscriptions/${subscription}`);
      if (answer.kind !== "found")
        return failed({
          code: "ResourceManagerUnreachable",
          reason: "roles-hidden",
          facts: { subscriptionId: subscription },
        });
      const assignments = ASSIGNMENTS.safeParse(answer.value);
      if (!assignments.success) return unexpectedResource("list of role assignments");
      return { ok: true, value: assignments.data.value.map(({ properties }) => properties) };
    },
  };
}
