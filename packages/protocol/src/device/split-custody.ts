import * as z from "zod/mini";

import { base64url } from "./fields.ts";

/*
 * Split custody travels in `extensions`: an agent that does not know it refuses the envelope, whose
 * header names its kind.
 */

/**
 * Extension `recoveryKeys` of an enrolment and of a re-key's proposal: public halves of the keys to
 * which the node encrypts its share (RFC 7517, RFC 7518 section 6.3.1), for whom the owner has
 * named.
 */
export const recoveryKeys = z
  .array(z.strictObject({ kty: z.literal("RSA"), n: base64url(683), e: base64url(8) }))
  .check(z.minLength(1), z.maxLength(3));

/**
 * Extension `deviceShare` of a receipt and of a re-key's confirmation: an envelope of the node's
 * share, for the recovery keys.
 */
export const deviceShare = z.record(z.string(), z.unknown());
