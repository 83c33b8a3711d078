import { isSame, type RecordTypes } from "../core/model.ts";
import type { EmulatorDependencies } from "../dependencies.ts";
import type { HttpAnswer } from "../http/message.ts";
import { row } from "../http/route-table.ts";
import { type ArmContext, type ArmRoute, parameter } from "./arm-context.ts";
import { ArmError, resourceNotFound } from "./arm-error.ts";
import { resourceId } from "./resource-id.ts";

/** The common routes and steps of a type whose records are keyed by their ids. */
export function resourceType<Kind extends "managedIdentity" | "storageAccount">(
  kind: Kind,
  type: string,
  render: (record: RecordTypes[Kind], deps: EmulatorDependencies) => object,
) {
  const groupPath = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${type}`;
  const path = `${groupPath}/{name}`;
  const placeOf = (context: Pick<ArmContext, "parameters">) => {
    const subscriptionId = parameter(context, "subscription");
    const resourceGroup = parameter(context, "group");
    const name = parameter(context, "name");
    const id = resourceId(subscriptionId, resourceGroup, type, name);
    return { id, subscriptionId, resourceGroup, name };
  };
  const find = (context: ArmContext) => context.deps.state.get(kind, placeOf(context).id);
  /** @throws ArmError 404 ResourceNotFound */
  const require = (context: ArmContext): RecordTypes[Kind] => {
    const record = find(context);
    if (record !== undefined) return record;
    throw resourceNotFound(type, parameter(context, "name"), parameter(context, "group"));
  };
  const put = (record: RecordTypes[Kind], { deps }: ArmContext, status = 200): HttpAnswer => {
    deps.state.put(kind, record);
    return { status, body: render(record, deps) };
  };
  const list = (context: ArmContext): HttpAnswer => {
    const { deps } = context;
    const held = deps.state.list(kind).filter((record) => isInScope(record, context));
    return { status: 200, body: { value: held.map((record) => render(record, deps)) } };
  };
  const routes: readonly ArmRoute[] = [
    row("GET", path, (context) => ({ status: 200, body: render(require(context), context.deps) })),
    row("DELETE", path, (context) => {
      const record = find(context);
      if (record === undefined) return { status: 204 };
      context.deps.state.delete(kind, record.id);
      return { status: 200 };
    }),
    row("GET", groupPath, list),
    row("GET", `/subscriptions/{subscription}/providers/${type}`, list),
  ];
  return { path, placeOf, find, require, put, routes };
}

/** Whether a resource is in the subscription and, if the path has one, the group of a list. */
export function isInScope(
  record: { readonly subscriptionId: string; readonly resourceGroup: string },
  context: Pick<ArmContext, "parameters">,
): boolean {
  const group = context.parameters["group"]?.toLowerCase();
  return (
    isSame(record.subscriptionId, parameter(context, "subscription")) &&
    (group === undefined || record.resourceGroup.toLowerCase() === group)
  );
}

/** @throws ArmError 409 if a PUT names another location than that of the resource. */
export function refuseMove(name: string, group: string, from: string, to: string): void {
  if (from === to) return;
  throw new ArmError(
    409,
    "InvalidResourceLocation",
    `The resource '${name}' already exists in location '${from}' in resource group '${group}'. A resource with the same name cannot be created in location '${to}'. Please select a new resource name.`,
  );
}

/** The answer of `checkNameAvailability`; a name without a reason is available. */
export function answerNameCheck(reason?: string, message?: string): HttpAnswer {
  return { status: 200, body: { nameAvailable: reason === undefined, reason, message } };
}
