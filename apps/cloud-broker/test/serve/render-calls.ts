import * as z from "zod/mini";

import type { ServedRoute } from "../../src/http/route.ts";

export const CALLS_PAGE = new URL("../../../../docs/reference/arm-calls.md", import.meta.url);

/** Starts of paths, as the pages of docs/reference name them; the longest first. */
const STARTS = [
  [
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.DataBox/jobs/{jobName}",
    "{job}",
  ],
  [
    "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.DataBox",
    "{group}",
  ],
  ["/subscriptions/{subscriptionId}/providers/Microsoft.DataBox", "{subscription}"],
] as const;

/** The page of every call that needs a token of Entra ID, from the rows of the broker. */
export function renderCalls(routes: readonly ServedRoute[]): string {
  const table = (authentication: ServedRoute["authentication"]) =>
    routes
      .flatMap((route) =>
        "action" in route && route.authentication === authentication && route.by === undefined
          ? [{ path: route.path, row: rowOf(route, route.action) }]
          : [],
      )
      .toSorted((one, other) => (one.path < other.path ? -1 : 1))
      .map(({ row }) => row);
  return `${HEAD}\n${[
    "## Resource Manager's API",
    "",
    ...COLUMNS,
    ...table("caller"),
    "",
    "## The operator's API",
    "",
    ...COLUMNS,
    ...table("operator"),
  ].join("\n")}\n`;
}

const HEAD = `# Every call, and the right that it needs

\`npm run docs\` makes this page from the broker's rows. The [ARM API](arm-api.md) describes what the
calls mean, and \`GET /openapi.json\` has the schemas. \`{job}\` is an order, and \`{group}\` and
\`{subscription}\` are \`…/providers/Microsoft.DataBox\` of a resource group and of a subscription. A
question mark follows a member that may be absent.
`;
const COLUMNS = ["| call | action | what it does |", "| --- | --- | --- |"];

function rowOf({ method, path, described }: ServedRoute, action: string): string {
  const named = path.replaceAll(/:(\w+)/g, "{$1}");
  const shown = STARTS.reduce((text, [start, name]) => text.replace(start, name), named);
  const query = (described?.query ?? []).map((name) => `${name}=`).join("&");
  const asked = query === "" ? shown : `${shown}?${query}`;
  const members = membersOf(described?.body);
  const body = members === "" ? "" : ` \`${members}\``;
  return `| \`${method} ${asked}\`${body} | \`${action}\` | ${described?.summary ?? ""} |`;
}

function membersOf(schema: unknown): string {
  if (schema instanceof z.ZodMiniUnion) return schema.def.options.map(membersOf).join(" or ");
  if (!(schema instanceof z.ZodMiniObject)) return "";
  const members = Object.entries(schema.shape).flatMap(([name, inner]) => {
    if (!(inner instanceof z.ZodMiniOptional)) return [name];
    return z.globalRegistry.get(inner.def.innerType)?.["readOnly"] === true ? [] : [`${name}?`];
  });
  return members.length === 0 ? "" : `{${members.join(", ")}}`;
}
