import * as z from "zod/mini";

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
  /** The nodes, with the thumbprint of the device key that each had; older certificates lack it. */
  nodes: z.optional(z.array(z.object({ serial: z.string(), deviceKey: z.optional(z.string()) }))),
  method: z.string(),
  /** How the result was checked; older certificates lack it. */
  verification: z.optional(z.string()),
  erasedAt: z.string(),
  by: z.string(),
});
export type ErasureStatement = z.infer<typeof erasureStatement>;

/** Our extension: the certificate of an erased order, and the statement in it as plain JSON. */
export const erasureCertificate = z.object({
  /** Compact JWS; only its signature proves the statement. */
  certificate: z.string(),
  statement: erasureStatement,
});
export type ErasureCertificate = z.infer<typeof erasureCertificate>;
