import { z } from "zod";

import type { Tags } from "../../core/model.ts";
import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import type { EmulatorState } from "../../state/emulator-state.ts";
import { type ArmContext, parameter } from "../arm-context.ts";
import { ArmError, badRequest } from "../arm-error.ts";
import { parseBody, tagsSchema } from "../request-body.ts";
import { type ArmPath, isWithin, parseScope } from "../resource-id.ts";
import { heldResources } from "./list-resources.ts";

const TYPE = "Microsoft.Resources/tags";
const TAGS_MAXIMUM = 50;
const putSchema = z.object({ properties: z.object({ tags: tagsSchema.nullish() }) });
const patchSchema = putSchema.extend({ operation: z.enum(["Replace", "Merge", "Delete"]) });

/**
 * `{scope}/providers/Microsoft.Resources/tags/default`: the tags of a subscription, group or
 * resource that the emulator holds. Those of an order are the broker's, in the order itself.
 */
export function answerTagsRequest(
  request: HttpRequest,
  { scope, segments }: ArmPath,
  { deps }: ArmContext,
): HttpAnswer {
  const tagged = findTagged(scope, deps.state);
  if (segments.length !== 2 || segments[1]?.toLowerCase() !== "default" || tagged === undefined)
    throw new ArmError(404, "ResourceNotFound", `The resource '${scope}' could not be found.`);
  const answer = (tags: Tags): HttpAnswer => ({
    status: 200,
    body: {
      id: `${scope}/providers/${TYPE}/default`,
      name: "default",
      type: TYPE,
      properties: { tags },
    },
  });
  switch (request.method) {
    case "GET":
      return answer(tagged.tags);
    case "PUT":
      return answer(tagged.put(parseBody(request, putSchema).properties.tags ?? {}));
    case "PATCH": {
      const { operation, properties } = parseBody(request, patchSchema);
      return answer(tagged.put(patched(tagged.tags, operation, properties.tags ?? {})));
    }
    case "DELETE":
      tagged.put({});
      return { status: 200 };
    default:
      throw new ArmError(
        405,
        "MethodNotAllowed",
        `The HTTP method '${request.method}' is not supported at scope '${scope}'.`,
      );
  }
}

/** `GET /subscriptions/{s}/tagNames`: the tags in use, with how often each is. */
export function listTagNames(
  _: HttpRequest,
  parameters: Readonly<Record<string, string>>,
  { deps }: ArmContext,
): HttpAnswer {
  const base = `/subscriptions/${parameter(parameters, "subscription")}`;
  const used = new Map<string, Map<string, number>>();
  for (const { id, tags } of [...heldResources(deps.state), ...deps.state.list("resourceGroup")]) {
    if (!isWithin(id, base)) continue;
    for (const [name, value] of Object.entries(tags)) {
      const values = used.get(name) ?? new Map<string, number>();
      used.set(name, values.set(value, (values.get(value) ?? 0) + 1));
    }
  }
  const value = [...used].map(([name, values]) =>
    renderTagName(`${base}/tagNames/${name}`, name, values),
  );
  return { status: 200, body: { value } };
}

function renderTagName(id: string, tagName: string, counts: ReadonlyMap<string, number>): object {
  const values = [...counts].map(([tagValue, times]) => ({
    id: `${id}/tagValues/${tagValue}`,
    tagValue,
    count: total(times),
  }));
  const sum = [...counts.values()].reduce((all, times) => all + times, 0);
  return { id, tagName, count: total(sum), values };
}

const total = (value: number) => ({ type: "Total", value });

/** Names are compared without case; `Delete` takes those whose name and value are given. */
function patched(
  current: Tags,
  operation: z.infer<typeof patchSchema>["operation"],
  given: Tags,
): Tags {
  if (operation === "Replace") return given;
  const find = (name: string) =>
    Object.entries(given).find(([other]) => other.toLowerCase() === name.toLowerCase());
  const kept = Object.entries(current).filter(([name, value]) => {
    const same = find(name);
    return same === undefined || (operation === "Delete" && same[1] !== value);
  });
  return { ...Object.fromEntries(kept), ...(operation === "Merge" && given) };
}

type Tagged = { readonly tags: Tags; readonly put: (tags: Tags) => Tags };

function findTagged(scope: string, state: EmulatorState): Tagged | undefined {
  const subscription = state.get("subscription", parseScope(scope).subscriptionId ?? "");
  if (subscription !== undefined && scope.split("/").length === 3)
    return open(subscription.tags ?? {}, (tags) =>
      state.put("subscription", { ...subscription, tags }),
    );
  const group = state.get("resourceGroup", scope);
  if (group !== undefined)
    return open(group.tags, (tags) => state.put("resourceGroup", { ...group, tags }));
  const identity = state.get("managedIdentity", scope);
  if (identity !== undefined)
    return open(identity.tags, (tags) => state.put("managedIdentity", { ...identity, tags }));
  const account = state.get("storageAccount", scope);
  if (account !== undefined)
    return open(account.tags, (tags) => state.put("storageAccount", { ...account, tags }));
  const vault = state.get("vault", scope.split("/").at(-1) ?? "");
  if (vault === undefined || vault.deletion !== undefined || !isSame(vault.id, scope))
    return undefined;
  return open(vault.tags, (tags) => state.put("vault", { ...vault, tags }));
}

function open(current: Tags, put: (tags: Tags) => void): Tagged {
  return {
    tags: current,
    put(tags) {
      if (Object.keys(tags).length > TAGS_MAXIMUM)
        throw badRequest(`A resource has at most ${TAGS_MAXIMUM} tags.`);
      put(tags);
      return tags;
    },
  };
}

function isSame(a: string, b: string): boolean {
  return isWithin(a, b) && isWithin(b, a);
}
