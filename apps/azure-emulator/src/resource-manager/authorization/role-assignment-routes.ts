import { z } from "zod";

import { isSame, type RoleAssignment } from "../../core/model.ts";
import { findRoleDefinition } from "../../core/role-definitions.ts";
import type { HttpAnswer } from "../../http/message.ts";
import type { EmulatorState } from "../../state/emulator-state.ts";
import type { ArmContext } from "../arm-context.ts";
import { ArmError, badRequest } from "../arm-error.ts";
import { parseBody } from "../request-body.ts";
import { isWithin, parseScope } from "../resource-id.ts";
import { type ListFilter, parseListFilter } from "../subscriptions/list-filter.ts";

const TYPE = "Microsoft.Authorization/roleAssignments";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PRINCIPAL_TYPES = ["User", "Group", "ServicePrincipal", "ForeignGroup", "Device"];

const properties = z.object({
  roleDefinitionId: z.string().max(1_024),
  principalId: z.string().max(128),
  principalType: z.string().max(32).nullish(),
});
/** Before 2018 the members stood in `properties` as now, but clients also sent them bare. */
const bodySchema = z.object({ properties });

/** `PUT {scope}/providers/Microsoft.Authorization/roleAssignments/{guid}` */
export function putRoleAssignment(scope: string, name: string, context: ArmContext): HttpAnswer {
  const { state, now } = context.deps;
  const given = parseBody(context.request, bodySchema).properties;
  if (!UUID.test(name))
    throw new ArmError(
      400,
      "InvalidRoleAssignmentId",
      `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
    );
  const roleDefinitionName = given.roleDefinitionId.split("/").at(-1) ?? "";
  if (findRoleDefinition(roleDefinitionName) === undefined)
    throw new ArmError(
      400,
      "RoleDefinitionDoesNotExist",
      `The specified role definition with ID '${roleDefinitionName}' does not exist.`,
    );
  const principalType = decidePrincipalType(given, context);
  const live = liveAssignments(state);
  const sameName = live.find(
    (assignment) => isSame(assignment.name, name) && isSame(assignment.scope, scope),
  );
  const isSameGrant = (assignment: RoleAssignment) =>
    isSame(assignment.scope, scope) &&
    isSame(assignment.roleDefinitionName, roleDefinitionName) &&
    isSame(assignment.principalId, given.principalId);
  if (sameName !== undefined) {
    if (!isSameGrant(sameName))
      throw new ArmError(
        409,
        "RoleAssignmentUpdateNotPermitted",
        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
      );
    return { status: 200, body: renderAssignment(sameName) };
  }
  const twin = live.find(isSameGrant);
  if (twin !== undefined)
    throw new ArmError(
      409,
      "RoleAssignmentExists",
      `The role assignment already exists. The ID of the existing role assignment is ${twin.name.replaceAll("-", "")}.`,
    );
  const assignment: RoleAssignment = {
    id: `${scope}/providers/${TYPE}/${name}`,
    name,
    scope,
    roleDefinitionName: roleDefinitionName.toLowerCase(),
    principalId: given.principalId,
    principalType,
    createdAtMs: now(),
  };
  state.put("roleAssignment", assignment);
  return { status: 201, body: renderAssignment(assignment) };
}

export function getRoleAssignment(scope: string, name: string, context: ArmContext): HttpAnswer {
  const assignment = findAssignment(context.deps.state, scope, name);
  if (assignment === undefined)
    throw new ArmError(
      404,
      "RoleAssignmentNotFound",
      `The role assignment '${name}' is not found.`,
    );
  return { status: 200, body: renderAssignment(assignment) };
}

/** The record stays as a tombstone while its removal propagates to the data plane. */
export function deleteRoleAssignment(scope: string, name: string, context: ArmContext): HttpAnswer {
  const { state, now } = context.deps;
  const assignment = findAssignment(state, scope, name);
  if (assignment === undefined) return { status: 204 };
  state.put("roleAssignment", { ...assignment, removedAtMs: now() });
  return { status: 200, body: renderAssignment(assignment) };
}

/**
 * Without a filter: the assignments at the scope, above it and beneath it. `atScope()` leaves out
 * those beneath; `principalId eq` and `assignedTo()` keep one principal's.
 */
export function listRoleAssignments(scope: string, context: ArmContext): HttpAnswer {
  const filter = parseListFilter(context.request.query.get("$filter"));
  const value = liveAssignments(context.deps.state)
    .filter((assignment) => isListed(assignment, scope, filter))
    .map(renderAssignment);
  return { status: 200, body: { value } };
}

function isListed(assignment: RoleAssignment, scope: string, filter: ListFilter): boolean {
  const isAtOrAbove = isWithin(scope, assignment.scope);
  const isBeneath = isWithin(assignment.scope, scope);
  if (!isAtOrAbove && (!isBeneath || filter.functions.has("atscope"))) return false;
  const principal = filter.equals.get("principalid") ?? filter.functions.get("assignedto");
  return principal === undefined || isSame(principal, assignment.principalId);
}

/**
 * Resource Manager looks up a principal unless the caller names its type; this allows grants to a
 * new principal at once.
 */
function decidePrincipalType(
  given: z.infer<typeof properties>,
  context: Pick<ArmContext, "deps">,
): string {
  if (given.principalType) {
    if (PRINCIPAL_TYPES.includes(given.principalType)) return given.principalType;
    throw badRequest(
      `properties.principalType: '${given.principalType}' is not one of ${PRINCIPAL_TYPES.join(", ")}.`,
    );
  }
  const { state, cloud } = context.deps;
  const isPrincipal = (objectId: string) => isSame(objectId, given.principalId);
  if (state.list("user").some((user) => isPrincipal(user.objectId))) return "User";
  const isService =
    state.list("application").some((application) => isPrincipal(application.objectId)) ||
    state.list("managedIdentity").some((identity) => isPrincipal(identity.principalId));
  if (isService) return "ServicePrincipal";
  throw new ArmError(
    400,
    "PrincipalNotFound",
    `Principal ${given.principalId.replaceAll("-", "")} does not exist in the directory ${cloud.tenantId}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`,
  );
}

function liveAssignments(state: EmulatorState): RoleAssignment[] {
  return state.list("roleAssignment").filter((assignment) => assignment.removedAtMs === undefined);
}

function findAssignment(
  state: EmulatorState,
  scope: string,
  name: string,
): RoleAssignment | undefined {
  return liveAssignments(state).find(
    (assignment) => isSame(assignment.scope, scope) && isSame(assignment.name, name),
  );
}

function renderAssignment(assignment: RoleAssignment): object {
  const { subscriptionId } = parseScope(assignment.scope);
  const subscription = subscriptionId === undefined ? "" : `/subscriptions/${subscriptionId}`;
  const createdOn = new Date(assignment.createdAtMs).toISOString();
  return {
    id: assignment.id,
    name: assignment.name,
    type: TYPE,
    properties: {
      roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${assignment.roleDefinitionName}`,
      principalId: assignment.principalId,
      principalType: assignment.principalType,
      scope: assignment.scope === "" ? "/" : assignment.scope,
      condition: null,
      conditionVersion: null,
      createdOn,
      updatedOn: createdOn,
    },
  };
}
