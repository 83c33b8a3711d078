import type { HttpAnswer } from "../../http/message.ts";
import type { ArmContext } from "../arm-context.ts";
import { invalidResourceType, methodNotAllowed } from "../arm-error.ts";
import type { ArmPath } from "../resource-id.ts";
import { deleteLock, getLock, listLocks, putLock } from "./locks.ts";
import {
  deleteRoleAssignment,
  getRoleAssignment,
  listRoleAssignments,
  putRoleAssignment,
} from "./role-assignment-routes.ts";
import { getRoleDefinition, listRoleDefinitions } from "./role-definition-routes.ts";

type Answer = (scope: string, name: string, context: ArmContext) => HttpAnswer;

const OPERATIONS: Readonly<Record<string, Answer>> = {
  "GET roleassignments": (scope, _name, context) => listRoleAssignments(scope, context),
  "GET roleassignments/{name}": getRoleAssignment,
  "PUT roleassignments/{name}": putRoleAssignment,
  "DELETE roleassignments/{name}": deleteRoleAssignment,
  "GET roledefinitions": (scope, _name, { request }) => listRoleDefinitions(request, scope),
  "GET roledefinitions/{name}": getRoleDefinition,
  "GET locks": (scope, _name, context) => listLocks(scope, context),
  "GET locks/{name}": getLock,
  "PUT locks/{name}": putLock,
  "DELETE locks/{name}": deleteLock,
};

/**
 * Microsoft.Authorization extends any scope, so its types are distinguished here and not in the
 * table of paths.
 */
export function answerAuthorizationRequest(path: ArmPath, context: ArmContext): HttpAnswer {
  const [type = "", name, ...rest] = path.segments;
  const { scope } = path;
  const place = `${type.toLowerCase()}${name === undefined ? "" : "/{name}"}`;
  const answer = rest.length > 0 ? undefined : OPERATIONS[`${context.request.method} ${place}`];
  if (answer !== undefined) return answer(scope, name ?? "", context);
  const isKnownType = ["roleassignments", "roledefinitions", "locks"].includes(type.toLowerCase());
  if (!isKnownType || rest.length > 0)
    throw invalidResourceType(type, "Microsoft.Authorization", context.apiVersion);
  throw methodNotAllowed(context.request.method, `scope '${scope}'`);
}
