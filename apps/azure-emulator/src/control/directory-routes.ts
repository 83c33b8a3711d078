import { randomUUID } from "node:crypto";

import * as z from "zod";

import { row } from "../http/route-table.ts";
import {
  refuseControl,
  withBody,
  type ControlDependencies,
  type ControlRoute,
} from "./control-request.ts";

const roles = z.array(z.string().min(1).max(120)).max(64);
const federatedCredential = z.strictObject({
  name: z.string().min(1).max(120),
  issuer: z.url({ protocol: /^https$/u }).max(600),
  subject: z.string().min(1).max(600),
  audiences: z.array(z.string().min(1).max(600)).min(1).max(8),
});
const applicationPayload = z.strictObject({
  /** Absent: the application signs in by federation or PKCE only. */
  secret: z.string().min(8).max(256).optional(),
  displayName: z.string().min(1).max(120).optional(),
  tenantId: z.guid().optional(),
  objectId: z.guid().optional(),
  roles: roles.default([]),
  redirectUris: z.array(z.url().max(2_048)).max(32).default([]),
  federatedCredentials: z.array(federatedCredential).max(20).default([]),
  trustedService: z.boolean().default(false),
  isMultiTenant: z.boolean().default(false),
});
const userPayload = z.strictObject({
  password: z.string().min(8).max(256),
  displayName: z.string().min(1).max(120).optional(),
  tenantId: z.guid().optional(),
  objectId: z.guid().optional(),
  roles: roles.default([]),
  accountEnabled: z.boolean().optional(),
});
const tenantPayload = z.strictObject({ displayName: z.string().min(1).max(120) });
const subscriptionPayload = z.strictObject({
  displayName: z.string().min(1).max(64).optional(),
  tenantId: z.guid().optional(),
});
const imdsPayload = z.strictObject({
  identities: z.array(z.string().startsWith("/subscriptions/").max(512)).max(32),
});

/**
 * App registrations, users, tenants, subscriptions, and the identities of "this machine". Answers
 * never show a secret.
 */
export function directoryRoutes({ state, cloud }: ControlDependencies): ControlRoute[] {
  return [
    row("PUT", "/applications/{clientId}", (request, { clientId = "" }) =>
      withBody(applicationPayload, request, (payload) => {
        if (!z.guid().safeParse(clientId).success)
          return refuseControl(400, "InvalidRequestContent", "clientId: must be a GUID");
        const before = state.get("application", clientId);
        const { secret, displayName = before?.displayName ?? clientId, ...rest } = payload;
        const application = {
          ...rest,
          clientId,
          displayName,
          tenantId: payload.tenantId ?? before?.tenantId ?? cloud.tenantId,
          objectId: payload.objectId ?? before?.objectId ?? randomUUID(),
          secrets: secret === undefined ? [] : [{ value: secret }],
          consents: before?.consents ?? [],
        };
        state.put("application", application);
        const { secrets: _hidden, consents: _theirs, ...shown } = application;
        return { status: 200, body: shown };
      }),
    ),
    row("DELETE", "/applications/{clientId}", (_request, { clientId = "" }) => {
      state.delete("application", clientId);
      return { status: 204 };
    }),
    row("PUT", "/users/{userName}", (request, { userName = "" }) =>
      withBody(userPayload, request, (payload) => {
        const before = state.get("user", userName);
        const user = {
          userName,
          password: payload.password,
          roles: payload.roles,
          accountEnabled: payload.accountEnabled,
          displayName: payload.displayName ?? before?.displayName ?? userName,
          tenantId: payload.tenantId ?? before?.tenantId ?? cloud.tenantId,
          objectId: payload.objectId ?? before?.objectId ?? randomUUID(),
        };
        state.put("user", user);
        const { password: _hidden, ...shown } = user;
        return { status: 200, body: shown };
      }),
    ),
    row("DELETE", "/users/{userName}", (_request, { userName = "" }) => {
      state.delete("user", userName);
      return { status: 204 };
    }),
    row("PUT", "/tenants/{tenantId}", (request, { tenantId = "" }) =>
      withBody(tenantPayload, request, ({ displayName }) => {
        if (!z.guid().safeParse(tenantId).success)
          return refuseControl(400, "InvalidRequestContent", "tenantId: must be a GUID");
        state.put("tenant", { id: tenantId, displayName });
        return { status: 200, body: { id: tenantId, displayName } };
      }),
    ),
    row("PUT", "/subscriptions/{subscriptionId}", (request, { subscriptionId = "" }) =>
      withBody(subscriptionPayload, request, (payload) => {
        if (!z.guid().safeParse(subscriptionId).success)
          return refuseControl(400, "InvalidRequestContent", "subscriptionId: must be a GUID");
        const before = state.get("subscription", subscriptionId);
        const tenantId = payload.tenantId ?? before?.tenantId ?? cloud.tenantId;
        if (state.get("tenant", tenantId) === undefined)
          return refuseControl(
            404,
            "ResourceNotFound",
            `tenantId: there is no tenant ${tenantId}; create it by PUT /tenants/{id} first`,
          );
        const subscription = {
          ...before,
          id: before?.id ?? subscriptionId,
          tenantId,
          displayName: payload.displayName ?? before?.displayName ?? subscriptionId,
        };
        state.put("subscription", subscription);
        return { status: 200, body: subscription };
      }),
    ),
    row("GET", "/imds", () => ({
      status: 200,
      body: { identities: state.get("imdsAssignment", "this-machine")?.identities ?? [] },
    })),
    row("PUT", "/imds", (request) =>
      withBody(imdsPayload, request, ({ identities }) => {
        const unknown = identities.find((id) => state.get("managedIdentity", id) === undefined);
        if (unknown !== undefined)
          return refuseControl(
            404,
            "ResourceNotFound",
            `${unknown}: there is no such managed identity; create it by Resource Manager first`,
          );
        state.put("imdsAssignment", { machine: "this-machine", identities });
        return { status: 200, body: { identities } };
      }),
    ),
  ];
}
