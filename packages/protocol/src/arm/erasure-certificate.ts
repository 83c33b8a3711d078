import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { publicKey } from "../device/fields.ts";
import { PATHS } from "./paths.ts";

/** `typ` of the signed certificate, a compact JWS of the broker. */
export const ERASURE_CERTIFICATE_TYPE = "databox-erasure+jws";

/** The statement that the broker signs when it has destroyed the key material of an order. */
export const erasureStatement = z.object({
  order: z.string(),
  sku: z.string(),
  /** Every wrapped copy of a content key that was deleted. */
  destroyed: z.array(
    z.object({ serial: z.string(), env: z.string(), generation: z.number(), kid: z.string() }),
  ),
  /** The nodes; older certificates lack them. */
  nodes: z.optional(
    z.array(
      z.object({
        serial: z.string(),
        /** Thumbprint of the device key that the node had. */
        deviceKey: z.optional(z.string()),
        /** The node's own certificate (databox-sanitisation+jws), once it was erased. */
        sanitisation: z.optional(z.string()),
        /** The key that signed it; strict, since its members are those of its thumbprint. */
        publicKey: z.optional(publicKey),
        /** By the broker's clock: the first permit to erase the node, and its certificate. */
        permittedAt: z.optional(z.string()),
        receivedAt: z.optional(z.string()),
      }),
    ),
  ),
  method: z.string(),
  /** How the result was checked; older certificates lack it. */
  verification: z.optional(z.string()),
  erasedAt: z.string(),
  by: z.string(),
  /** The end of the order's activity just before; older certificates lack the rest. */
  activity: z.optional(z.object({ length: z.number(), head: z.string() })),
  /** 1; one more each time that it is signed again, with another node's certificate. */
  revision: z.optional(z.number()),
  /** SHA-256 (base64url) of the certificate that this one replaces. */
  supersedes: z.optional(z.string()),
});
export type ErasureStatement = z.infer<typeof erasureStatement>;

/** Our extension: the certificate of an erased order, and the statement in it as plain JSON. */
export const erasureCertificate = z.object({
  /** Compact JWS; only its signature proves the statement. */
  certificate: z.string(),
  statement: erasureStatement,
});
export type ErasureCertificate = z.infer<typeof erasureCertificate>;

const CERTIFICATE = `${PATHS.job}/erasureCertificate` as const;

export const CERTIFICATE_CALLS = {
  read: { at: ["GET", CERTIFICATE], query: ["deleted"], answers: { 200: erasureCertificate } },
  readPdf: { at: ["GET", `${CERTIFICATE}/pdf`], query: ["deleted"], answers: { 200: undefined } },
} as const satisfies Calls;
