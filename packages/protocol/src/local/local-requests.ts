import * as z from "zod/mini";

import { reasonText } from "../device/fields.ts";

/** Characters of a passkey, and room for a mistake that is told. */
const passkey = z.string().check(z.minLength(1), z.maxLength(128));

/** `reason`: what those are told who must approve, where the order's policy asks somebody. */
export const localUnlock = z.strictObject({ reason: z.optional(reasonText) });
export type LocalUnlock = z.infer<typeof localUnlock>;

/** `unlock`: also open the volume, as signing in at a Data Box does. */
export const localSignIn = z.strictObject({ passkey, unlock: z.optional(z.boolean()) });
export type LocalSignIn = z.infer<typeof localSignIn>;

export const localPasskey = z.strictObject({ passkey });
export type LocalPasskey = z.infer<typeof localPasskey>;

/** What a person carried here; line breaks of a scanner do no harm. */
export const localAnswer = z.strictObject({
  answer: z.string().check(z.minLength(1), z.maxLength(70_000), z.regex(/^[\w.\s-]+$/)),
});
export type LocalAnswer = z.infer<typeof localAnswer>;

/** `fresh`: a new one although one is open; the answer to that one opens nothing any more. */
export const localChallengeRequest = z.strictObject({ fresh: z.optional(z.boolean()) });
export type LocalChallengeRequest = z.infer<typeof localChallengeRequest>;

/** A .pfx file (RFC 7292), base64. `apply: false` only judges it. */
export const localCertificateUpload = z.strictObject({
  pkcs12: z.string().check(z.minLength(4), z.maxLength(90_000), z.regex(/^[A-Za-z0-9+/]+={0,2}$/)),
  password: z.string().check(z.maxLength(256)),
  apply: z.boolean(),
});
export type LocalCertificateUpload = z.infer<typeof localCertificateUpload>;

/** A request without members; still a body, so that no form of another site can send it. */
export const localNothing = z.strictObject({});
