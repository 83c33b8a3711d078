import {
  CryptoError,
  decodeBase64url,
  importVerifyKey,
  type PublicJwk,
  verifyMessage,
} from "@databox-cmk/crypto";
import {
  ERASURE_CERTIFICATE_TYPE,
  type ErasureStatement,
  erasureStatement,
  MESSAGE_TYPES,
  sanitisation,
  type Sanitisation,
} from "@databox-cmk/protocol";
import type * as z from "zod/mini";

/** An order may have a wrapped copy for each generation of each node's envelope. */
export const CERTIFICATE_MAX_BYTES = 4 * 1024 * 1024;

/**
 * The statement of a certificate of erasure, if one of the keys signed it. Needs neither the broker
 * nor a network.
 *
 * @returns undefined when none of them did, or it is not a certificate
 */
export function verifyCertificate(
  certificate: string,
  keys: readonly PublicJwk[],
): ErasureStatement | undefined {
  return readSigned(certificate, keys, ERASURE_CERTIFICATE_TYPE, erasureStatement);
}

/** The payload of a compact JWS of this type, if one of the keys signed it. */
export function readSigned<Value>(
  signed: string,
  keys: readonly PublicJwk[],
  type: string,
  schema: z.ZodMiniType<Value>,
): Value | undefined {
  for (const key of keys) {
    try {
      const payload = verifyMessage(signed, importVerifyKey(key), type, CERTIFICATE_MAX_BYTES);
      const parsed = schema.safeParse(payload);
      if (parsed.success) return parsed.data;
    } catch (error) {
      if (!(error instanceof CryptoError)) throw error;
    }
  }
  return undefined;
}

/** A node's own part of the certificate of its order. */
export type NodeStatement =
  | { readonly kind: "none" }
  /** Not signed by the device key that the broker names, or about another node. */
  | { readonly kind: "forged" }
  | { readonly kind: "signed"; readonly said: Sanitisation; readonly doubt?: string | undefined };

/** A node's statement about its medium, by the key that the order's certificate names. */
export function readNodeStatement(
  order: string,
  node: NonNullable<ErasureStatement["nodes"]>[number],
): NodeStatement {
  if (node.sanitisation === undefined) return { kind: "none" };
  try {
    const key = importVerifyKey(node.publicKey);
    const payload = verifyMessage(node.sanitisation, key, MESSAGE_TYPES.sanitisation);
    const { success, data: said } = sanitisation.safeParse(payload);
    const isOurs =
      success && said.order === order && said.serial === node.serial && key.kid === node.deviceKey;
    return isOurs ? { kind: "signed", said, doubt: doubtOf(said, node) } : { kind: "forged" };
  } catch (error) {
    if (error instanceof CryptoError) return { kind: "forged" };
    throw error;
  }
}

const CLOCKS_DIFFER_MS = 5 * 60_000;
const isAfter = (later: string, earlier: string): boolean =>
  Date.parse(later) >= Date.parse(earlier) - CLOCKS_DIFFER_MS;

/** Only the node says that its medium was erased; the broker knows when it could have been. */
function doubtOf(
  { startedAt, verifiedAt }: Sanitisation,
  { permittedAt, receivedAt }: NonNullable<ErasureStatement["nodes"]>[number],
): string | undefined {
  // A certificate by an older broker.
  if (receivedAt === undefined) return undefined;
  if (permittedAt === undefined) return "NOT PERMITTED: the service knows no permit to erase it.";
  return isAfter(startedAt, permittedAt) && isAfter(receivedAt, verifiedAt)
    ? undefined
    : `IN DOUBT: the service permitted the erasure at ${permittedAt} and received the node's certificate at ${receivedAt}. The node's times are not between them: its clock was wrong, or its certificate is.`;
}

/** The statement of a certificate that this broker signed and stored itself. */
export function readStatement(certificate: string): ErasureStatement {
  const payload = decodeBase64url(certificate.split(".", 2)[1] ?? "", "payload");
  return erasureStatement.parse(JSON.parse(Buffer.from(payload).toString()));
}
