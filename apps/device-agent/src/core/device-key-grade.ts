import type { DeviceKeyGrade } from "@databox-cmk/protocol";

/**
 * The protection of the key against theft of the disk, or of the whole machine, in words for a
 * person.
 */
export const GRADE_TEXTS = {
  file: "in a file",
  tpm: "in the TPM",
  "tpm-measured-boot": "in the TPM, bound to measured boot",
} as const satisfies Record<DeviceKeyGrade, string>;
