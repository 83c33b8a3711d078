import type { EmulatedNode } from "@databox-cmk/device-emulator";

import type { DrillStack } from "./drill-stack.ts";

/** A re-key that names the owner's recovery key, whose thumbprint is computed from the key itself. */
export async function rekeyFor(
  drill: DrillStack,
  node: EmulatedNode,
  name: "recovery" | "successor",
): Promise<void> {
  await drill.type(
    `n=$(openssl rsa -in ${name}.pem -noout -modulus | cut -d = -f 2 |\n` +
      "  basenc -d --base16 | basenc --base64url -w 0 | tr -d =) &&\n" +
      `  printf '{"e":"AQAB","kty":"RSA","n":"%s"}' "$n" | openssl dgst -sha256 -binary |\n` +
      "  basenc --base64url -w 0 | tr -d = > thumbprint",
  );
  await drill.typeAt(
    node,
    'databox-agent rekey --recovery-keys "urn:ietf:params:oauth:jwk-thumbprint:sha-256:$(cat thumbprint)"',
    { show: "first line" },
  );
}
