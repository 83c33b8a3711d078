import * as z from "zod";

const content = z.record(z.string(), z.unknown());

/** The content of a signed message, for a forger: the signature is not verified. */
export function contentOf(jws: string): Readonly<Record<string, unknown>> {
  return content.parse(JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString()));
}
