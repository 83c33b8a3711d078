import { execFileSync } from "node:child_process";

import { hasSwtpm, requireTool, type SoftwareTpm } from "@databox-cmk/testkit";

/**
 * A TPM in software has the same commands as one in hardware. A machine without it skips its tests;
 * CI may not.
 */
export const HAS_TPM = requireTool("swtpm or tpm2-tools", hasSwtpm());

/** As another firmware, or another boot loader, does at a boot. */
export function measureSomethingElse({ tcti }: SoftwareTpm, register: number): void {
  execFileSync("tpm2", ["pcrextend", `${String(register)}:sha256=${"01".repeat(32)}`], {
    env: { TPM2TOOLS_TCTI: tcti, PATH: "/usr/bin:/bin" },
  });
}
