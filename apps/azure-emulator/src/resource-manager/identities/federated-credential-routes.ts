import { z } from "zod";

import { isSame, type FederatedCredential, type ManagedIdentity } from "../../core/model.ts";
import type { HttpAnswer } from "../../http/message.ts";
import { row } from "../../http/route-table.ts";
import { type ArmContext, type ArmRoute, parameter } from "../arm-context.ts";
import { ArmError, badRequest, resourceNotFound } from "../arm-error.ts";
import { parseBody } from "../request-body.ts";
import { IDENTITIES, IDENTITY_TYPE } from "./identity-routes.ts";

const CREDENTIALS_MAXIMUM = 20;
const MEMBER_CHARACTERS_MAXIMUM = 600;
/** 3–120 letters, digits, hyphens and underscores; begins with a letter or digit. */
const CREDENTIAL_NAME = /^[a-z0-9][a-z0-9_-]{2,119}$/i;
const TYPE = `${IDENTITY_TYPE}/federatedIdentityCredentials`;
const LIST_PATH = `${IDENTITIES.path}/federatedIdentityCredentials`;
const CREDENTIAL_PATH = `${LIST_PATH}/{credential}`;

export const federatedCredentialRoutes: readonly ArmRoute[] = [
  row("GET", LIST_PATH, listCredentials),
  row("PUT", CREDENTIAL_PATH, putCredential),
  row("GET", CREDENTIAL_PATH, getCredential),
  row("DELETE", CREDENTIAL_PATH, deleteCredential),
];

const bodySchema = z.object({
  properties: z.object({
    issuer: z.string(),
    subject: z.string(),
    audiences: z.array(z.string()).max(8),
  }),
});

function putCredential(context: ArmContext): HttpAnswer {
  const { properties } = parseBody(context.request, bodySchema);
  const identity = IDENTITIES.require(context);
  const credential = { name: parameter(context, "credential"), ...properties };
  const isNew = findCredential(identity, credential.name) === undefined;
  context.deps.state.put("managedIdentity", {
    ...identity,
    federatedCredentials: decideFederatedCredentials(identity.federatedCredentials, credential),
  });
  return { status: isNew ? 201 : 200, body: renderCredential(identity, credential) };
}

function getCredential(context: ArmContext): HttpAnswer {
  const identity = IDENTITIES.require(context);
  const name = parameter(context, "credential");
  const credential = findCredential(identity, name);
  if (credential === undefined)
    throw resourceNotFound(TYPE, `${identity.name}/${name}`, identity.resourceGroup);
  return { status: 200, body: renderCredential(identity, credential) };
}

function deleteCredential(context: ArmContext): HttpAnswer {
  const identity = IDENTITIES.require(context);
  const name = parameter(context, "credential");
  if (findCredential(identity, name) === undefined) return { status: 204 };
  context.deps.state.put("managedIdentity", {
    ...identity,
    federatedCredentials: identity.federatedCredentials.filter(
      (credential) => !isNamed(credential, name),
    ),
  });
  return { status: 200 };
}

function listCredentials(context: ArmContext): HttpAnswer {
  const identity = IDENTITIES.require(context);
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

/**
 * The credentials of an identity after one is put: at most 20, exactly one audience each, and no
 * two with the same issuer and subject.
 *
 * @throws ArmError 400 for malformed or too many values, 409 for a taken pair.
 */
function decideFederatedCredentials(
  current: readonly FederatedCredential[],
  given: FederatedCredential,
): FederatedCredential[] {
  checkCredential(given);
  const others = current.filter((credential) => !isNamed(credential, given.name));
  const isTaken = others.some(
    (credential) => credential.issuer === given.issuer && credential.subject === given.subject,
  );
  if (isTaken)
    throw new ArmError(
      409,
      "Conflict",
      "Issuer and subject combination already exists for this Managed Identity.",
    );
  if (others.length >= CREDENTIALS_MAXIMUM)
    throw badRequest(
      `Too many federated identity credentials: an identity can have at most ${CREDENTIALS_MAXIMUM}.`,
    );
  const index = current.findIndex((credential) => isNamed(credential, given.name));
  return index < 0 ? [...others, given] : current.with(index, given);
}

function isNamed(credential: FederatedCredential, name: string): boolean {
  return isSame(credential.name, name);
}

function checkCredential(given: FederatedCredential): void {
  if (!CREDENTIAL_NAME.test(given.name))
    throw badRequest(
      `The federated credential name '${given.name}' is invalid: 3 to 120 letters, digits, hyphens or underscores, beginning with a letter or digit.`,
    );
  if (!URL.canParse(given.issuer) || new URL(given.issuer).protocol !== "https:")
    throw badRequest(`properties.issuer: '${given.issuer}' is not an https URL.`);
  if (given.audiences.length !== 1)
    throw badRequest("properties.audiences: exactly one audience is required.");
  const members = [given.issuer, given.subject, ...given.audiences];
  if (members.some((text) => text === "" || text.length > MEMBER_CHARACTERS_MAXIMUM))
    throw badRequest(
      `properties: issuer, subject and audience have 1 to ${MEMBER_CHARACTERS_MAXIMUM} characters.`,
    );
}
