import { base64url, publicKey } from "@databox-cmk/protocol";
import * as z from "zod/mini";

/**
 * tpm2-tools' name for the connection to a TPM: the kernel's device, or swtpm for tests. Other
 * names would load a library.
 */
export const TCTI = /^(?:device:\/dev\/[\w-]+|swtpm:[\w=,./:-]+)$/;
/**
 * A choice of platform configuration registers in tpm2-tools' notation, of the one bank that every
 * TPM 2.0 has.
 */
export const PCRS = /^sha256:\d{1,2}(?:,\d{1,2})*$/;

export const DEFAULT_TCTI = "device:/dev/tpmrm0";
/**
 * State of Secure Boot (TCG PC client platform firmware profile): the boot loaders that the
 * firmware accepts.
 */
export const DEFAULT_PCRS = "sha256:7";

const wrapped = z.string().check(z.maxLength(2048), z.regex(/^[A-Za-z0-9+/]+={0,2}$/));

/** An object that only one TPM can use, which has encrypted its private area. */
const tpmObject = {
  tcti: z.string().check(z.maxLength(200), z.regex(TCTI)),
  /** Registers that must have the same values as when the object was made. */
  pcrs: z.optional(z.string().check(z.maxLength(80), z.regex(PCRS))),
  /** TPM2B_PUBLIC and TPM2B_PRIVATE (TPM 2.0 library specification, part 2), base64. */
  publicArea: wrapped,
  privateArea: wrapped,
};

/** device-key.tpm.json: the device key. */
export const tpmKey = z.strictObject({
  version: z.literal(1),
  publicKey,
  ...tpmObject,
});
export type TpmKey = z.infer<typeof tpmKey>;

/**
 * device-share-{env}.json: this node's share of one envelope's unlock key (split custody), in the
 * file itself, or sealed by the node's TPM.
 */
export const deviceShare = z.discriminatedUnion("kept", [
  z.strictObject({ version: z.literal(1), kept: z.literal("file"), share: base64url(43) }),
  z.strictObject({ version: z.literal(1), kept: z.literal("tpm"), ...tpmObject }),
]);
