import { type ErasureCertificate, erasureCertificate } from "@databox-cmk/protocol";

import { type OrderName, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

export function readErasureCertificate(
  client: Client,
  name: OrderName,
  signal: AbortSignal,
): Promise<ErasureCertificate> {
  return client.read(orderPath(name, "/erasureCertificate"), erasureCertificate, { signal });
}
