import {
  API_VERSIONS,
  approvalList,
  approvalView,
  armErrorBody,
  jobPatch,
  jobResource,
  jobResourceList,
  jobWrite,
  keyValidationResult,
  operationList,
  operatorOrder,
  unencryptedCredentialsList,
  validateInputsRequest,
  validateInputsResponse,
} from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { QUERY_TEXTS, type Route, type Schema } from "../../http/route.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** Schemas with a name in the document; the others are written inline. */
const NAMED_SCHEMAS: Readonly<Record<string, Schema>> = {
  ApprovalList: approvalList,
  ApprovalView: approvalView,
  JobWrite: jobWrite,
  JobPatch: jobPatch,
  JobResource: jobResource,
  JobResourceList: jobResourceList,
  OperatorOrder: operatorOrder,
  UnencryptedCredentialsList: unencryptedCredentialsList,
  ValidateInputsRequest: validateInputsRequest,
  ValidateInputsResponse: validateInputsResponse,
  KeyValidationResult: keyValidationResult,
  OperationList: operationList,
};
const JOSE = "application/jose";

/**
 * The whole HTTP surface as an OpenAPI 3.1 document: paths from the route table, bodies from the
 * schemas.
 */
function createDocument(routes: readonly Route[], serverUrl: string): JsonObject {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = openApiPath(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Customer-managed unlock keys for transfer appliances",
      version: "2025-07-01",
      summary: "Microsoft.DataBox on Resource Manager's terms, the operator's API, the device API",
      description: "Each operation's tag names the proof that its caller gives.",
      contact: { name: "The operator of this service" },
      license: { name: "MIT", identifier: "MIT" },
    },
    tags: [...new Set(routes.map((route) => route.authentication))].map((name) => ({
      name,
      description: TAG_TEXTS[name],
    })),
    servers: [{ url: serverUrl }],
    paths,
    components: {
      securitySchemes: {
        entra: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      },
      parameters: { ApiVersion: API_VERSION },
      schemas: {
        ...Object.fromEntries(
          Object.entries(NAMED_SCHEMAS).map(([name, schema]) => [name, jsonSchema(schema)]),
        ),
        Error: jsonSchema(armErrorBody),
      },
    },
  };
}

const API_VERSION: JsonObject = {
  name: "api-version",
  in: "query",
  required: true,
  schema: { type: "string", enum: Object.keys(API_VERSIONS) },
};

const TAG_TEXTS: Readonly<Record<Route["authentication"], string>> = {
  caller: "a token of Entra ID for Resource Manager",
  operator: "a token of Entra ID with the role of an operator",
  "event-delivery": "a token of Entra ID for deliveries of Event Grid",
  device: "the signature of an enrolled device",
  session: "a signed-in session of the portal",
  public: "no proof",
};

/** `/jobs/:jobName` → `/jobs/{jobName}` */
export function openApiPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => `{${parameterName(name)}}`);
}

/** Azure's name of a parameter; the others have it in the routes too. */
const parameterName = (name: string): string =>
  name === "resourceGroup" ? "resourceGroupName" : name;

function operationOf(route: Route): JsonObject {
  const parameters = [...pathParameters(route), ...otherParameters(route)];
  return {
    operationId: operationIdOf(route),
    summary: route.described.summary,
    description: `${route.described.summary}. Needs ${"action" in route ? route.action : TAG_TEXTS[route.authentication]}.`,
    tags: [route.authentication],
    ...("action" in route
      ? { security: [{ entra: [] }], "x-arm-action": route.action }
      : { security: [] }),
    parameters: parameters.length === 0 ? undefined : parameters,
    ...requestBodyOf(route),
    responses: responsesOf(route),
  };
}

function pathParameters(route: Route): readonly JsonObject[] {
  return [...route.path.matchAll(/:(\w+)/g)].map(([, name = ""]) => ({
    name: parameterName(name),
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function otherParameters({ authentication, described }: Route): readonly JsonObject[] {
  const query = (described.query ?? []).map((name) => ({
    name,
    in: "query",
    description: QUERY_TEXTS[name],
    schema: { type: name === "$top" ? "integer" : "string" },
  }));
  const headers = (described.headers ?? []).map((name) => ({
    name,
    in: "header",
    schema: { type: "string" },
  }));
  const version =
    authentication === "caller" ? [{ $ref: "#/components/parameters/ApiVersion" }] : [];
  return [...version, ...query, ...headers];
}

function requestBodyOf(route: Route): JsonObject {
  const { described } = route;
  if (route.reads === "jose")
    return {
      requestBody: {
        required: true,
        content: messageContent(described.signed?.request, described.body),
      },
    };
  if (route.reads === "nothing") return {};
  // Another standard describes it.
  if (route.reads === "events")
    return { requestBody: { required: true, content: { "application/cloudevents+json": {} } } };
  const schema = described.body === undefined ? { type: "object" } : schemaOf(described.body);
  return {
    requestBody: {
      required: route.optional !== true,
      content: { "application/json": { schema } },
    },
  };
}

function responsesOf(route: Route): JsonObject {
  const { answers, signed } = route.described;
  const failures = {
    default: {
      description: "An error in Resource Manager's shape",
      content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
    },
  };
  const entries = Object.entries(answers).map(([status, schema]) => [
    status,
    {
      description: status === "202" ? "Accepted: go on by Location" : "Done",
      content:
        schema === undefined ? undefined : { "application/json": { schema: schemaOf(schema) } },
    },
  ]);
  return route.reads === "jose"
    ? {
        200: {
          description: "A message signed by the broker",
          content: messageContent(signed?.answer, answers[200]),
        },
        ...failures,
      }
    : { ...Object.fromEntries(entries), ...failures };
}

/** A compact JWS. Its payload is described beside it, since JSON Schema cannot look inside. */
function messageContent(type: string | undefined, payload: Schema | undefined): JsonObject {
  return {
    [JOSE]: {
      schema: {
        type: "string",
        description: "JWS Compact Serialization (RFC 7515), ES256",
        "x-typ": type,
        "x-payload": payload === undefined ? undefined : schemaOf(payload),
      },
    },
  };
}

const VERBS: Readonly<Record<string, string>> = { PUT: "Create", PATCH: "Update" };

/** As Azure names its own: `Jobs_Get`, `Jobs_ListByResourceGroup`, `Jobs_Cancel`. */
function operationIdOf({ method, path }: Route): string {
  const [, api = "", own = ""] =
    /^(?:\/(\w+)\/v1)?(?:.*\/Microsoft\.DataBox)?\/(.+)$/.exec(path) ?? [];
  const parts = own.split("/");
  const end = parts.findLastIndex((part) => part.startsWith(":"));
  const owner = wordOf(api) + namesOf(parts.slice(0, Math.max(end, 0)));
  const action = namesOf(parts.slice(end + 1));
  const scope = /:resourceGroup\/(?!.*:jobName)/.test(path) ? "ByResourceGroup" : "";
  const verb = VERBS[method] ?? wordOf(method.toLowerCase());
  if (action === "") return `${owner}_${verb}`;
  if (owner === "" && method === "GET" && action.endsWith("s")) return `${action}_List${scope}`;
  return `${owner || "Service"}_${method === "POST" ? "" : verb}${action}${scope}`;
}

const namesOf = (parts: readonly string[]): string =>
  parts
    .filter((part) => !part.startsWith(":"))
    .map((part) => (part === "locations" ? "Service" : wordOf(part)))
    .join("");

const wordOf = (part: string): string =>
  part.replaceAll(/(?:^|\W)(\w)/g, (_, letter: string) => letter.toUpperCase());

function schemaOf(schema: Schema): JsonObject {
  const name = Object.keys(NAMED_SCHEMAS).find((candidate) => NAMED_SCHEMAS[candidate] === schema);
  return name === undefined ? jsonSchema(schema) : { $ref: `#/components/schemas/${name}` };
}

/** The input format of a schema; for transforms, the form before them. */
function jsonSchema(schema: Schema): JsonObject {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
  });
  return json;
}

/** The API's description of itself; public, because it reveals nothing about any customer. */
export function createOpenApiRoutes(routes: readonly Route[], serverUrl: string): readonly Route[] {
  const route: Route = {
    method: "GET",
    path: "/openapi.json",
    described: { summary: "This document", answers: { 200: undefined } },
    authentication: "public",
    reads: "nothing",
    handle: () =>
      Promise.resolve({ status: 200, body: { text: document(), mediaType: "application/json" } }),
  };
  let text: string | undefined;
  const document = (): string =>
    (text ??= JSON.stringify(createDocument([...routes, route], serverUrl)));
  return [route];
}
