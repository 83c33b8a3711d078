import { base64url } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { tpmObject } from "./tpm-key.ts";

/**
 * device-share-{env}.json: this node's share of one envelope's unlock key (split custody), in the
 * file itself, or sealed by the node's TPM.
 */
export const deviceShare = z.discriminatedUnion("kept", [
  z.strictObject({ version: z.literal(1), kept: z.literal("file"), share: base64url(43) }),
  z.strictObject({ version: z.literal(1), kept: z.literal("tpm"), ...tpmObject }),
]);
