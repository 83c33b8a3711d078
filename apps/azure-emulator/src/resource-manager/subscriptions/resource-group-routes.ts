import { z } from "zod";

import type { ResourceGroup } from "../../core/model.ts";
import type { HttpAnswer } from "../../http/message.ts";
import { row } from "../../http/route-table.ts";
import { type ArmContext, type ArmRoute, parameter } from "../arm-context.ts";
import { ArmError, resourceGroupNotFound } from "../arm-error.ts";
import { locationSchema, parseBody, tagsSchema } from "../request-body.ts";
import { resourceGroupId } from "../resource-id.ts";
import { listJobs } from "./list-jobs.ts";
import { heldResources, selectResources } from "./list-resources.ts";
import { answerPage } from "./page.ts";
import { parseResourceFilter } from "./resource-filter.ts";

const GROUPS_PATH = "/subscriptions/{subscription}/resourceGroups";
export const GROUP_PATH = `${GROUPS_PATH}/{group}`;

export const resourceGroupRoutes: readonly ArmRoute[] = [
  row("GET", GROUPS_PATH, listGroups),
  row("PUT", GROUP_PATH, putGroup),
  row("GET", GROUP_PATH, getGroup),
  row("PATCH", GROUP_PATH, patchGroup),
  row("HEAD", GROUP_PATH, headGroup),
  row("DELETE", GROUP_PATH, deleteGroup),
];

const GROUP_TYPE = "Microsoft.Resources/resourceGroups";
const GROUP_NAME = /^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u;
const groupSchema = z.object({ location: locationSchema, tags: tagsSchema.nullish() });
const groupPatchSchema = groupSchema.pick({ tags: true });

function listGroups(context: ArmContext): HttpAnswer {
  const subscription = parameter(context, "subscription").toLowerCase();
  const groups = context.deps.state
    .list("resourceGroup")
    .filter((group) => group.subscriptionId.toLowerCase() === subscription)
    .map((group) => ({ ...group, type: GROUP_TYPE }));
  const { matches } = parseResourceFilter(context.request.query.get("$filter"));
  return answerPage(groups.filter(matches).map(renderGroup), context);
}

function putGroup(context: ArmContext): HttpAnswer {
  const { state } = context.deps;
  const body = parseBody(context.request, groupSchema);
  const name = parameter(context, "group");
  if (!GROUP_NAME.test(name))
    throw new ArmError(
      400,
      "InvalidResourceGroup",
      `The provided resource group name '${name}' is invalid: 1 to 90 letters, digits, '_', '(', ')', '-' and '.', not ending with '.'.`,
    );
  const subscriptionId = parameter(context, "subscription");
  const existing = findGroup(context);
  if (existing !== undefined && existing.location !== body.location)
    throw new ArmError(
      409,
      "InvalidResourceGroupLocation",
      `Invalid resource group location '${body.location}'. The Resource group already exists in location '${existing.location}'.`,
    );
  const group: ResourceGroup = existing
    ? { ...existing, tags: body.tags ?? {} }
    : {
        id: resourceGroupId(subscriptionId, name),
        subscriptionId,
        name,
        location: body.location,
        tags: body.tags ?? {},
      };
  state.put("resourceGroup", group);
  return { status: existing === undefined ? 201 : 200, body: renderGroup(group) };
}

function patchGroup(context: ArmContext): HttpAnswer {
  const { tags } = parseBody(context.request, groupPatchSchema);
  const group = requireGroup(context);
  const changed = { ...group, tags: tags ?? group.tags };
  context.deps.state.put("resourceGroup", changed);
  return { status: 200, body: renderGroup(changed) };
}

function getGroup(context: ArmContext): HttpAnswer {
  return { status: 200, body: renderGroup(requireGroup(context)) };
}

function headGroup(context: ArmContext): HttpAnswer {
  return { status: findGroup(context) === undefined ? 404 : 204 };
}

/**
 * Azure also deletes the contents; the emulator requires an empty group, so that none of the
 * broker's resources is orphaned.
 */
async function deleteGroup(context: ArmContext): Promise<HttpAnswer> {
  const group = requireGroup(context);
  const jobs = await listJobs(group.id, context);
  const inside = selectResources([...heldResources(context.deps.state), ...jobs], {
    subscriptionId: group.subscriptionId,
    resourceGroup: group.name,
    filter: parseResourceFilter(),
  });
  if (inside.length > 0)
    throw new ArmError(
      409,
      "ResourceGroupNotEmpty",
      `Resource group '${group.name}' still has ${inside.length} resources, the first is ${inside[0]?.id}. Delete them first.`,
    );
  context.deps.state.delete("resourceGroup", group.id);
  return { status: 200 };
}

function findGroup(context: Pick<ArmContext, "deps" | "parameters">): ResourceGroup | undefined {
  return context.deps.state.get(
    "resourceGroup",
    resourceGroupId(parameter(context, "subscription"), parameter(context, "group")),
  );
}

function requireGroup(context: ArmContext): ResourceGroup {
  const group = findGroup(context);
  if (group === undefined) throw resourceGroupNotFound(parameter(context, "group"));
  return group;
}

function renderGroup(group: ResourceGroup) {
  return {
    id: group.id,
    name: group.name,
    type: GROUP_TYPE,
    location: group.location,
    tags: group.tags,
    properties: { provisioningState: "Succeeded" },
  };
}
