import { verify } from "node:crypto";

import * as z from "zod";

import type { TokenClaims, TokenReading } from "../core/key-vault/caller.ts";
import type { IssuerKeys } from "../dependencies.ts";

const TOKEN_CHARACTERS_MAXIMUM = 16_384;
const CACHED_TOKENS_MAXIMUM = 4_096;

const headerSchema = z.object({ alg: z.literal("RS256"), kid: z.string().max(256) });
const claimsSchema = z.object({
  aud: z.string().max(2_048),
  iss: z.string().max(2_048),
  exp: z.number(),
  nbf: z.number().optional(),
  appid: z.string().max(256).optional(),
  azp: z.string().max(256).optional(),
  oid: z.string().max(256),
  tid: z.string().max(256),
  groups: z.array(z.string()).optional(),
  idtyp: z.string().optional(),
  xms_mirid: z.string().optional(),
});

/**
 * Reads the bearer token of a request: signature and shape only; the gate judges the claims. A
 * signature is checked once per token, since the same token comes with every operation of a client.
 */
export function createTokenReader(
  issuerKeys: IssuerKeys,
): (authorization: string | undefined) => TokenReading {
  const known = new Map<string, TokenReading>();
  return (authorization = "") => {
    const cached = known.get(authorization);
    if (cached !== undefined) return cached;
    const token = /^(?:Bearer|PoP) +([\w-]+\.[\w-]+\.[\w-]+)$/iu.exec(authorization)?.[1];
    if (token === undefined || token.length > TOKEN_CHARACTERS_MAXIMUM) return { kind: "missing" };
    const reading = readToken(token, issuerKeys);
    if (reading.kind !== "signed") return reading;
    if (known.size >= CACHED_TOKENS_MAXIMUM) known.clear();
    known.set(authorization, reading);
    return reading;
  };
}

function readToken(token: string, issuerKeys: Pick<IssuerKeys, "find">): TokenReading {
  const [encodedHeader = "", encodedClaims = "", signature = ""] = token.split(".");
  const unresolvable: TokenReading = { kind: "unresolvable", encodedHeader };
  const header = headerSchema.safeParse(decodeJson(encodedHeader));
  const key = header.success ? issuerKeys.find(header.data.kid) : undefined;
  if (key === undefined) return unresolvable;
  const isSigned = verify(
    "sha256",
    Buffer.from(`${encodedHeader}.${encodedClaims}`),
    key,
    Buffer.from(signature, "base64url"),
  );
  const claims = claimsSchema.safeParse(decodeJson(encodedClaims));
  return isSigned && claims.success
    ? { kind: "signed", claims: toClaims(claims.data) }
    : unresolvable;
}

function decodeJson(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

function toClaims(claims: z.infer<typeof claimsSchema>): TokenClaims {
  const isUser = claims.idtyp === "user" || claims.groups !== undefined;
  return {
    audience: claims.aud,
    issuer: claims.iss,
    expiresSeconds: claims.exp,
    notBeforeSeconds: claims.nbf ?? 0,
    applicationId: claims.appid ?? claims.azp ?? "",
    objectId: claims.oid,
    tenantId: claims.tid,
    groups: isUser ? (claims.groups?.length ?? 0) : undefined,
    managedIdentityResourceId: claims.xms_mirid,
  };
}
