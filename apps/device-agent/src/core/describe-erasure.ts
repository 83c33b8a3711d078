import type { SanitisedMedium } from "@databox-cmk/protocol";

/** Whether the device offered to discard its blocks before they were overwritten. */
export const DISCARDS = {
  secure: "its blocks were discarded by its own secure erase",
  plain: "its blocks were discarded",
  none: "it offers no discard",
} as const;
export type Discard = keyof typeof DISCARDS;

/** The texts of a certificate of sanitisation, in the terms of NIST SP 800-88 Rev. 1. */
export function describeErasure(
  { kind, volume, bytes }: SanitisedMedium,
  discard: Discard,
): { readonly method: string; readonly verification: string } {
  const slots =
    volume === "luks2"
      ? "every LUKS2 key slot was destroyed (cryptsetup luksErase)"
      : "both headers of the volume were destroyed";
  const all = `all ${String(bytes)} bytes`;
  return {
    method: [
      `Cryptographic erase: ${slots}; the envelope, the shares and every other secret of the node were overwritten and removed.`,
      `Clear (NIST SP 800-88 Rev. 1): ${DISCARDS[discard]}, then ${all} were overwritten with zeros in one pass, headers included.`,
      "No purge by a sanitize command of the drive. The device key is destroyed once this certificate is countersigned.",
    ].join(" "),
    verification: [
      kind === "file"
        ? `After a sync, ${all} of the file were read back and are zeros; blocks that its file system had moved elsewhere are out of reach.`
        : `After its cache was flushed, ${all} of the device were read back and are zeros; cells that its controller had retired are out of reach.`,
      "No header and no ciphertext is left on the medium, so no passkey, envelope, recovery key or backup of a header opens it.",
      "A copy of the whole medium that was made elsewhere is not covered.",
    ].join(" "),
  };
}
