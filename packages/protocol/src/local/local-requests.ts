import * as z from "zod/mini";

import { reasonText } from "../device/fields.ts";

/** Maximum length of a passkey, with extra room to report one that is too long. */
const passkey = z.string().check(z.minLength(1), z.maxLength(128));

/** `reason`: shown to the approvers, if the order's policy requires approval. */
export const localUnlock = z.strictObject({ reason: z.optional(reasonText) });

/** `unlock`: also open the volume, as signing in at a Data Box does. */
export const localSignIn = z.strictObject({ passkey, unlock: z.optional(z.boolean()) });

export const localPasskey = z.strictObject({ passkey });

/** The text that a person carried here; a scanner's line breaks are allowed. */
export const localAnswer = z.strictObject({
  answer: z.string().check(z.minLength(1), z.maxLength(70_000), z.regex(/^[\w.\s-]+$/)),
});
export type LocalAnswer = z.infer<typeof localAnswer>;

/** `fresh`: a new challenge although one is open; the answer to the open one becomes useless. */
export const localChallengeRequest = z.strictObject({ fresh: z.optional(z.boolean()) });

/** A .pfx file (RFC 7292), base64. `apply: false` only checks it. */
export const localCertificateUpload = z.strictObject({
  pkcs12: z.string().check(z.minLength(4), z.maxLength(90_000), z.regex(/^[A-Za-z0-9+/]+={0,2}$/)),
  password: z.string().check(z.maxLength(256)),
  apply: z.boolean(),
});

/** A request without members; still a body, so that no form of another site can send it. */
export const localNothing = z.strictObject({});
