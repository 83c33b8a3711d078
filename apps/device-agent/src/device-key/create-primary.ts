import type { Tpm } from "./tpm2.ts";

/** The TPM's own storage key, derived from its seed each time: nothing of ours stays in the TPM. */
export async function createPrimary({ call, forgetObjects }: Tpm): Promise<void> {
  await call("createprimary", "-Q", "-C", "o", "-G", "ecc256", "-g", "sha256", "-c", "primary");
  await forgetObjects();
}
