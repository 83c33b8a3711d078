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

/** The same as a document, with the certificate attached. The browser saves it by itself. */
export const certificatePdfPath = (name: OrderName): string =>
  orderPath(name, "/erasureCertificate/pdf");
