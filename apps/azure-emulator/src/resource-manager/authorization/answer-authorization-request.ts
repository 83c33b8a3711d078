import type { HttpAnswer } from "../../http/message.ts";
import type { ArmContext } from "../arm-context.ts";
import { ArmError, invalidResourceType } from "../arm-error.ts";
import type { ArmPath } from "../resource-id.ts";
import { deleteLock, getLock, listLocks, putLock } from "./locks.ts";
import {
  deleteRoleAssignment,
  getRoleAssignment,
  listRoleAssignments,
  putRoleAssignment,
} from "./role-assignment-routes.ts";
import { getRoleDefinition, listRoleDefinitions } from "./role-definition-routes.ts";

/**
 * Microsoft.Authorization extends any scope, so its types are distinguished here and not in the
 * table of paths.
 */
export function answerAuthorizationRequest(path: ArmPath, context: ArmContext): HttpAnswer {
  const [type = "", name, ...rest] = path.segments;
  const { scope } = path;
  const operation = `${context.request.method} ${type.toLowerCase()}${name === undefined ? "" : "/{name}"}`;
  if (rest.length === 0)
    switch (operation) {
      case "GET roleassignments":
        return listRoleAssignments(scope, context);
      case "GET roledefinitions":
        return listRoleDefinitions(context.request, scope);
      case "GET roleassignments/{name}":
        return getRoleAssignment(scope, name ?? "", context);
      case "PUT roleassignments/{name}":
        return putRoleAssignment(scope, name ?? "", context);
      case "DELETE roleassignments/{name}":
        return deleteRoleAssignment(scope, name ?? "", context);
      case "GET locks":
        return listLocks(scope, context);
      case "GET locks/{name}":
        return getLock(scope, name ?? "", context);
      case "PUT locks/{name}":
        return putLock(scope, name ?? "", context);
      case "DELETE locks/{name}":
        return deleteLock(scope, name ?? "", context);
      case "GET roledefinitions/{name}":
        return getRoleDefinition(scope, name ?? "");
      default:
    }
  const isKnownType = ["roleassignments", "roledefinitions", "locks"].includes(type.toLowerCase());
  if (!isKnownType || rest.length > 0)
    throw invalidResourceType(type, "Microsoft.Authorization", context.apiVersion);
  throw new ArmError(
    405,
    "MethodNotAllowed",
    `The HTTP method '${context.request.method}' is not supported at scope '${scope}'.`,
  );
}
