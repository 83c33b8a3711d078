import { z } from "zod";

import type { HttpRequest } from "../http/message.ts";
import { EntraError } from "./entra-error.ts";

const short = z.string().max(2_048).optional();

/**
 * The members that this Entra ID reads; clients send more (`x-client-SKU`, `claims`, …), which
 * are ignored. Size limits keep logged, hashed and echoed values small; an assertion, a code and a
 * refresh token are JWTs.
 */
const parametersSchema = z.object({
  grant_type: short,
  client_id: short,
  client_secret: short,
  client_assertion_type: short,
  client_assertion: z.string().max(16_384).optional(),
  scope: short,
  resource: short,
  code: z.string().max(16_384).optional(),
  code_verifier: short,
  redirect_uri: short,
  refresh_token: z.string().max(16_384).optional(),
  username: short,
  cancel: short,
  password: short,
  response_type: short,
  response_mode: short,
  state: z.string().max(8_192).optional(),
  nonce: short,
  code_challenge: short,
  code_challenge_method: short,
  login_hint: short,
  prompt: short,
  client_info: short,
  post_logout_redirect_uri: short,
});

export type OAuthParameters = Readonly<z.infer<typeof parametersSchema>>;
export type OAuthParameterName = keyof OAuthParameters;

/**
 * @throws EntraError 9002313 when the body is not a form, or a parameter is repeated (RFC 6749
 * §3.2) or too long.
 */
export function parseFormParameters(request: HttpRequest): OAuthParameters {
  const contentType = request.headers["content-type"] ?? "";
  if (!contentType.toLowerCase().startsWith("application/x-www-form-urlencoded"))
    throw new EntraError(900144, { parameter: "grant_type" });
  return parseParameters(new URLSearchParams(request.body.toString("utf8")));
}

/** @throws EntraError 9002313, as above. */
export function parseParameters(pairs: Iterable<readonly [string, string]>): OAuthParameters {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (values.has(name)) throw new EntraError(9002313);
    values.set(name, value);
  }
  const parsed = parametersSchema.safeParse(Object.fromEntries(values));
  if (!parsed.success) throw new EntraError(9002313);
  return parsed.data;
}

/** @throws EntraError 900144 naming the parameter when it is absent or empty. */
export function requireParameter(parameters: OAuthParameters, name: OAuthParameterName): string {
  const value = parameters[name];
  if (value === undefined || value === "") throw new EntraError(900144, { parameter: name });
  return value;
}
