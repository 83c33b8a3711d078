import { z } from "zod";

import { isSame, type Tags } from "../../core/model.ts";
import type { HttpAnswer } from "../../http/message.ts";
import type { ArmContext } from "../arm-context.ts";
import { ArmError, badRequest, methodNotAllowed } from "../arm-error.ts";
import { askBroker, type BrokerAnswer } from "../data-box/ask-broker.ts";
import { parseBody, tagsSchema } from "../request-body.ts";
import { type ArmPath, parseScope } from "../resource-id.ts";

const TYPE = "Microsoft.Resources/tags";
const TAGS_MAXIMUM = 50;
const putSchema = z.object({ properties: z.object({ tags: tagsSchema.nullish() }) });
const patchSchema = putSchema.extend({ operation: z.enum(["Replace", "Merge", "Delete"]) });

/**
 * `{scope}/providers/Microsoft.Resources/tags/default`: the tags of a subscription, group, order or
 * other resource.
 */
export async function answerTagsRequest(
  { scope, segments }: ArmPath,
  context: ArmContext,
): Promise<HttpAnswer> {
  const isDefault = segments.length === 2 && segments[1]?.toLowerCase() === "default";
  const tagged = isDefault ? await findTagged(scope, context) : undefined;
  if (tagged === undefined)
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
  const put = async (tags: Tags): Promise<HttpAnswer> => {
    if (Object.keys(tags).length > TAGS_MAXIMUM)
      throw badRequest(`A resource has at most ${TAGS_MAXIMUM} tags.`);
    await tagged.put(tags);
    return answer(tags);
  };
  switch (context.request.method) {
    case "GET":
      return answer(tagged.tags);
    case "PUT":
      return put(parseBody(context.request, putSchema).properties.tags ?? {});
    case "PATCH": {
      const { operation, properties } = parseBody(context.request, patchSchema);
      return put(patched(tagged.tags, operation, properties.tags ?? {}));
    }
    case "DELETE":
      await tagged.put({});
      return { status: 200 };
    default:
      throw methodNotAllowed(context.request.method, `scope '${scope}'`);
  }
}

/** Names are compared without case; `Delete` takes those whose name and value are given. */
function patched(
  current: Tags,
  operation: z.infer<typeof patchSchema>["operation"],
  given: Tags,
): Tags {
  if (operation === "Replace") return given;
  const find = (name: string) => Object.entries(given).find(([other]) => isSame(other, name));
  const kept = Object.entries(current).filter(([name, value]) => {
    const same = find(name);
    return same === undefined || (operation === "Delete" && same[1] !== value);
  });
  return { ...Object.fromEntries(kept), ...(operation === "Merge" && given) };
}

type Tagged = { readonly tags: Tags; readonly put: (tags: Tags) => Promise<void> | void };

function findTagged(scope: string, context: ArmContext): Promise<Tagged> | Tagged | undefined {
  const { state } = context.deps;
  if (isJob(scope)) return openJobTags(scope, context);
  const subscription = state.get("subscription", parseScope(scope).subscriptionId ?? "");
  if (subscription !== undefined && scope.split("/").length === 3)
    return {
      tags: subscription.tags ?? {},
      put: (tags) => state.put("subscription", { ...subscription, tags }),
    };
  for (const kind of ["resourceGroup", "managedIdentity", "storageAccount"] as const) {
    const record = state.get(kind, scope);
    if (record !== undefined)
      return { tags: record.tags, put: (tags) => state.put(kind, { ...record, tags }) };
  }
  const vault = state.get("vault", scope.split("/").at(-1) ?? "");
  if (vault === undefined || vault.deletion !== undefined || !isSame(vault.id, scope))
    return undefined;
  return { tags: vault.tags, put: (tags) => state.put("vault", { ...vault, tags }) };
}

const API_VERSION = "2025-07-01";
const JOB = /\/providers\/Microsoft\.DataBox\/jobs\/[^/]+$/i;
const jobSchema = z.object({ tags: z.record(z.string(), z.string()) });
const refusalSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

const isJob = (scope: string): boolean => JOB.test(scope);

/**
 * The tags of an order. The broker has them, and decides who may read and write them.
 *
 * @throws ArmError with the status and code of the broker's refusal; 412 when the order changed
 * between the two.
 */
async function openJobTags(job: string, context: ArmContext) {
  const target = `${encodeURI(job)}?api-version=${API_VERSION}`;
  const { etag, json } = accepted(await askBroker(context, { method: "GET", target }));
  return {
    tags: jobSchema.parse(json).tags,
    put: async (tags: Tags): Promise<void> => {
      const headers = { "content-type": "application/json", "if-match": etag };
      accepted(await askBroker(context, { method: "PATCH", target, headers, body: { tags } }));
    },
  };
}

function accepted(answer: BrokerAnswer): BrokerAnswer {
  if (answer.status < 300) return answer;
  const { code, message } = refusalSchema.parse(answer.json).error;
  throw new ArmError(answer.status, code, message);
}
