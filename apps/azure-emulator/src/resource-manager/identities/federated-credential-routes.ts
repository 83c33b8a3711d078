import { z } from "zod";

import type { FederatedCredential, ManagedIdentity } from "../../core/model.ts";
import type { HttpAnswer, HttpRequest } from "../../http/message.ts";
import { type ArmContext, type ArmRoute, parameter } from "../arm-context.ts";
import { resourceNotFound } from "../arm-error.ts";
import { parseBody } from "../request-body.ts";
import { decideFederatedCredentials, isNamed } from "./decide-federated-credential.ts";
import { IDENTITY_PATH, IDENTITY_TYPE, requireIdentity } from "./identity-routes.ts";

type Parameters = Readonly<Record<string, string>>;

const TYPE = `${IDENTITY_TYPE}/federatedIdentityCredentials`;
const LIST_PATH = `${IDENTITY_PATH}/federatedIdentityCredentials`;
const CREDENTIAL_PATH = `${LIST_PATH}/{credential}`;

export const federatedCredentialRoutes: readonly ArmRoute[] = [
  { method: "GET", path: LIST_PATH, handle: listCredentials },
  { method: "PUT", path: CREDENTIAL_PATH, handle: putCredential },
  { method: "GET", path: CREDENTIAL_PATH, handle: getCredential },
  { method: "DELETE", path: CREDENTIAL_PATH, handle: deleteCredential },
];

const bodySchema = z.object({
  properties: z.object({
    issuer: z.string(),
    subject: z.string(),
    audiences: z.array(z.string()).max(8),
  }),
});

function putCredential(
  request: HttpRequest,
  parameters: Parameters,
  context: ArmContext,
): HttpAnswer {
  const { properties } = parseBody(request, bodySchema);
  const identity = requireIdentity(parameters, context);
  const credential = { name: parameter(parameters, "credential"), ...properties };
  const isNew = findCredential(identity, credential.name) === undefined;
  context.deps.state.put("managedIdentity", {
    ...identity,
    federatedCredentials: decideFederatedCredentials(identity.federatedCredentials, credential),
  });
  return { status: isNew ? 201 : 200, body: renderCredential(identity, credential) };
}

function getCredential(_: HttpRequest, parameters: Parameters, context: ArmContext): HttpAnswer {
  const identity = requireIdentity(parameters, context);
  const name = parameter(parameters, "credential");
  const credential = findCredential(identity, name);
  if (credential === undefined)
    throw resourceNotFound(TYPE, `${identity.name}/${name}`, identity.resourceGroup);
  return { status: 200, body: renderCredential(identity, credential) };
}

function deleteCredential(_: HttpRequest, parameters: Parameters, context: ArmContext): HttpAnswer {
  const identity = requireIdentity(parameters, context);
  const name = parameter(parameters, "credential");
  if (findCredential(identity, name) === undefined) return { status: 204 };
  context.deps.state.put("managedIdentity", {
    ...identity,
    federatedCredentials: identity.federatedCredentials.filter(
      (credential) => !isNamed(credential, name),
    ),
  });
  return { status: 200 };
}

function listCredentials(_: HttpRequest, parameters: Parameters, context: ArmContext): HttpAnswer {
  const identity = requireIdentity(parameters, context);
  const value = identity.federatedCredentials.map((credential) =>
    renderCredential(identity, credential),
  );
  return { status: 200, body: { value } };
}

function findCredential(identity: ManagedIdentity, name: string): FederatedCredential | undefined {
  return identity.federatedCredentials.find((credential) => isNamed(credential, name));
}

function renderCredential(identity: ManagedIdentity, credential: FederatedCredential): object {
  const { name, ...properties } = credential;
  return {
    id: `${identity.id}/federatedIdentityCredentials/${name}`,
    name,
    type: TYPE,
    properties,
  };
}
