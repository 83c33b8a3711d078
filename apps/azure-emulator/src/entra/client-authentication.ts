import { createHash, timingSafeEqual } from "node:crypto";

import type { HttpRequest } from "../http/message.ts";
import { EntraError } from "./entra-error.ts";
import { verifyFederatedAssertion } from "./federated-assertion.ts";
import type { OAuthParameters } from "./form-parameters.ts";
import type { ServicePrincipal } from "./principals.ts";
import type { ClientProof } from "./token-claims.ts";

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/**
 * A token request's proof of its client: `client_secret_post`, `client_secret_basic`, an assertion,
 * or none.
 */
export type ClientCredentials = {
  readonly clientId: string;
  readonly secret?: string;
  readonly assertion?: string;
};

/**
 * @throws EntraError 900144 without a client id, 9002313 for an unreadable header or an unknown
 * assertion type.
 */
export function readClientCredentials(
  request: HttpRequest,
  parameters: OAuthParameters,
): ClientCredentials {
  const basic = readBasic(request.headers.authorization);
  const clientId = parameters.client_id ?? basic?.clientId;
  if (clientId === undefined || clientId === "")
    throw new EntraError(900144, { parameter: "client_id" });
  const secret = parameters.client_secret ?? basic?.secret;
  if (secret !== undefined && secret !== "") return { clientId, secret };
  if (parameters.client_assertion === undefined) return { clientId };
  if (parameters.client_assertion_type !== ASSERTION_TYPE) throw new EntraError(9002313);
  return { clientId, assertion: parameters.client_assertion };
}

/**
 * Authenticates the client, or refuses it.
 *
 * @returns its method; "0" only for a public client: one that has neither secrets nor federated
 * credentials.
 */
export async function authenticateClient(
  credentials: ClientCredentials,
  principal: ServicePrincipal,
  context: { fetchIssuerJson: (url: string) => Promise<unknown>; nowMs: number; grantType: string },
): Promise<ClientProof> {
  if (credentials.secret !== undefined) {
    checkSecret(credentials.secret, principal, context.nowMs);
    return "1";
  }
  if (credentials.assertion !== undefined) {
    await verifyFederatedAssertion(credentials.assertion, principal, context);
    return "2";
  }
  if (context.grantType === "client_credentials") throw new EntraError(7000216);
  const isPublic = principal.secrets.length === 0 && principal.federatedCredentials.length === 0;
  if (!isPublic) throw new EntraError(7000218);
  return "0";
}

function checkSecret(secret: string, principal: ServicePrincipal, nowMs: number): void {
  const match = principal.secrets.find((known) => equalSecrets(known.value, secret));
  if (match === undefined) throw new EntraError(7000215, { appId: principal.clientId });
  if (match.expiresAtMs !== undefined && match.expiresAtMs <= nowMs)
    throw new EntraError(7000222, { appId: principal.clientId });
}

/** RFC 6749 §2.3.1: both halves are form-encoded before they are joined. */
function readBasic(header: string | undefined): { clientId: string; secret: string } | undefined {
  const encoded = /^basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) throw new EntraError(9002313);
  return { clientId: decodeForm(text.slice(0, colon)), secret: decodeForm(text.slice(colon + 1)) };
}

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new EntraError(9002313);
  }
}

/** Compares in constant time; digests have equal lengths, which the comparison needs. */
export function equalSecrets(known: string, presented: string): boolean {
  return timingSafeEqual(digest(known), digest(presented));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
