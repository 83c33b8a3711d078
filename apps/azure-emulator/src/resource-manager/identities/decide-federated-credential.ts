import type { FederatedCredential } from "../../core/model.ts";
import { ArmError, badRequest } from "../arm-error.ts";

const CREDENTIALS_MAXIMUM = 20;
const MEMBER_CHARACTERS_MAXIMUM = 600;

/** 3–120 letters, digits, hyphens and underscores; begins with a letter or digit. */
const CREDENTIAL_NAME = /^[a-z0-9][a-z0-9_-]{2,119}$/i;

/**
 * The credentials of an identity after one is put: at most 20, exactly one audience each, and no
 * two with the same issuer and subject.
 *
 * @throws ArmError 400 for malformed or too many values, 409 for a taken pair.
 */
export function decideFederatedCredentials(
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

export function isNamed(credential: FederatedCredential, name: string): boolean {
  return credential.name.toLowerCase() === name.toLowerCase();
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
