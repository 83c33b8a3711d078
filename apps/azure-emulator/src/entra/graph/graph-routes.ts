import { z } from "zod";

import { isSame } from "../../core/model.ts";
import type { EmulatorDependencies } from "../../dependencies.ts";
import { readJsonBody } from "../../http/json-body.ts";
import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import { row, type Route } from "../../http/route-table.ts";
import { type Caller, verifyAccessToken } from "../access-token.ts";
import { stsIssuer } from "../token-claims.ts";
import {
  type DirectoryObject,
  listApplications,
  listServicePrincipals,
  listUsers,
} from "./directory-objects.ts";

const MEMBER_EQUALS = /^\s*([a-z]+)\s+eq\s+'((?:[^']|'')*)'\s*$/i;
const ANY_EQUALS = /^\s*([a-z]+)\/any\((\w+):\s*\2\s+eq\s+'((?:[^']|'')*)'\)\s*$/i;
const MEMBER_IN = /^\s*([a-z]+)\s+in\s*\(\s*('(?:[^']|'')*'(?:\s*,\s*'(?:[^']|'')*')*)\s*\)\s*$/i;
const STARTS_WITH = /^\s*startswith\(([a-z]+)\s*,\s*'((?:[^']|'')*)'\)\s*$/i;
const idsSchema = z.object({ ids: z.array(z.string().max(128)).max(1_000) });

/**
 * The part of Microsoft Graph that az CLI uses when it grants access, and the portal when it names
 * people: it identifies a principal.
 * Served by the host that `/metadata/endpoints` names as `microsoftGraphResourceId`, which is
 * the authority's own below `localhost`; read only.
 */
export function graphRoutes(
  deps: Pick<EmulatorDependencies, "cloud" | "issuerKeys" | "endpoints" | "systemNow" | "state">,
): readonly Route<undefined>[] {
  const authenticated =
    (
      answer: (
        request: HttpRequest,
        caller: Caller,
        parameters: Readonly<Record<string, string>>,
      ) => HttpAnswer,
    ): Route<undefined>["handle"] =>
    async (request, parameters) => {
      const caller = await authenticate(request, deps);
      return caller === undefined
        ? refuse(401, "InvalidAuthenticationToken", "Access token is missing, invalid or expired.")
        : answer(request, caller, parameters);
    };
  const everyone = (caller: Caller) => [
    ...listServicePrincipals(deps.state, caller.tenantId),
    ...listUsers(deps.state, caller.tenantId),
  ];
  const context = (what: string) => `${deps.endpoints.graphUrl}/v1.0/$metadata#${what}`;
  const list = (name: string, objectsOf: (caller: Caller) => DirectoryObject[]) =>
    authenticated((request, caller) => {
      const isWanted = parseGraphFilter(request.query.get("$filter"));
      if (isWanted === undefined)
        return refuse(
          400,
          "Request_UnsupportedQuery",
          "Unsupported $filter: use eq, in (…), any(…) or startswith(…), joined by 'or'.",
        );
      const value = objectsOf(caller).filter(isWanted).map(withoutType);
      return { status: 200, body: { "@odata.context": context(name), value } };
    });
  const one = (name: string, object: DirectoryObject): HttpAnswer => ({
    status: 200,
    body: { "@odata.context": context(`${name}/$entity`), ...withoutType(object) },
  });
  const get = (name: string, objectsOf: (caller: Caller) => DirectoryObject[]) =>
    authenticated((_, caller, { id = "" }) => {
      const found = objectsOf(caller).find((object) => isNamed(object, id));
      return found === undefined ? notFound(id) : one(name, found);
    });
  const both = (
    name: string,
    objectsOf: (caller: Caller) => DirectoryObject[],
  ): readonly Route<undefined>[] => [
    row("GET", `/v1.0/${name}`, list(name, objectsOf)),
    row("GET", `/v1.0/${name}/{id}`, get(name, objectsOf)),
  ];
  const users = (caller: Caller) => listUsers(deps.state, caller.tenantId);

  return [
    ...both("servicePrincipals", (caller) => listServicePrincipals(deps.state, caller.tenantId)),
    ...both("applications", (caller) => listApplications(deps.state, caller.tenantId)),
    ...both("users", users),
    // There are no groups here: az ad looks for them, too.
    ...both("groups", () => []),
    row(
      "GET",
      "/v1.0/me",
      authenticated((_, caller) => {
        const me = users(caller).find((user) => user.id === caller.objectId);
        return me === undefined ? notFound(caller.objectId) : one("users", me);
      }),
    ),
    row(
      "POST",
      "/v1.0/directoryObjects/getByIds",
      authenticated((request, caller) => {
        const body = readJsonBody(request);
        const parsed = idsSchema.safeParse(body.kind === "json" ? body.value : undefined);
        if (!parsed.success)
          return refuse(400, "Request_BadRequest", "ids: a list of object ids is required.");
        const ids = new Set(parsed.data.ids.map((id) => id.toLowerCase()));
        const value = everyone(caller).filter((object) => ids.has(object.id.toLowerCase()));
        return { status: 200, body: { "@odata.context": context("directoryObjects"), value } };
      }),
    ),
    row(
      "POST",
      "/v1.0/users/{id}/getMemberGroups",
      authenticated((_, caller, { id = "" }) =>
        users(caller).some((user) => isNamed(user, id))
          ? {
              status: 200,
              body: { "@odata.context": context("Collection(Edm.String)"), value: [] },
            }
          : notFound(id),
      ),
    ),
  ];
}

async function authenticate(
  request: HttpRequest,
  deps: Pick<EmulatorDependencies, "cloud" | "endpoints" | "issuerKeys" | "systemNow">,
): Promise<Caller | undefined> {
  const token = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (token === undefined) return undefined;
  const { cloud, graphUrl } = deps.endpoints;
  const verdict = await verifyAccessToken(
    token,
    {
      audiences: [graphUrl, cloud.graphUrl],
      issuerOf: (tenantId) => stsIssuer(cloud, tenantId),
    },
    { issuerKeys: deps.issuerKeys, nowMs: deps.systemNow() },
  );
  return verdict.kind === "valid" ? verdict.caller : undefined;
}

/** Only collections of several types name the type of each object. */
function withoutType(object: DirectoryObject): object {
  return { ...object, "@odata.type": undefined };
}

/** A user is found by object id or sign-in name, a service principal by object id. */
function isNamed(object: DirectoryObject, id: string): boolean {
  const names = [object.id, object["userPrincipalName"]];
  return names.some((name) => typeof name === "string" && isSame(name, id));
}

function notFound(id: string): HttpAnswer {
  return refuse(
    404,
    "Request_ResourceNotFound",
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

function refuse(status: number, code: string, message: string): HttpAnswer {
  return { status, body: { error: { code, message } } };
}

/**
 * The filters that az CLI and the portal send: an equality, one of several values, a member of a
 * list, a prefix; joined by `or`.
 * Undefined: another shape.
 */
function parseGraphFilter(
  text: string | undefined,
): ((object: DirectoryObject) => boolean) | undefined {
  if (text === undefined || text.trim() === "") return () => true;
  const terms = text.split(/\s+or\s+/i).map(parseTerm);
  if (terms.includes(undefined)) return undefined;
  return (object) => terms.some((term) => term?.(object) === true);
}

function parseTerm(text: string): ((object: DirectoryObject) => boolean) | undefined {
  const equality = MEMBER_EQUALS.exec(text);
  if (equality !== null) return compare(equality[1], equality[2], (a, b) => a === b);
  const list = MEMBER_IN.exec(text);
  if (list !== null) {
    const quoted = [...(list[2] ?? "").matchAll(/'((?:[^']|'')*)'/g)].map((each) => each[1]);
    const terms = quoted.map((each) => compare(list[1], each, (a, b) => a === b));
    return (object) => terms.some((matches) => matches(object));
  }
  const any = ANY_EQUALS.exec(text);
  if (any !== null) return compare(any[1], any[3], (a, b) => a === b);
  const beginning = STARTS_WITH.exec(text);
  if (beginning !== null) return compare(beginning[1], beginning[2], (a, b) => a.startsWith(b));
  return undefined;
}

function compare(
  member: string | undefined,
  quoted: string | undefined,
  matches: (actual: string, wanted: string) => boolean,
): (object: DirectoryObject) => boolean {
  const wanted = (quoted ?? "").replaceAll("''", "'").toLowerCase();
  const name = (member ?? "").toLowerCase();
  return (object) => {
    const value = Object.entries(object).find(([key]) => key.toLowerCase() === name)?.[1];
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.some((item) => typeof item === "string" && matches(item.toLowerCase(), wanted));
  };
}
