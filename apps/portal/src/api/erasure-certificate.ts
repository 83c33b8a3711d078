import { erasureCertificate } from "@databox-cmk/protocol";

import { type OrderName, orderPart, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

export const readErasureCertificate = orderPart("/erasureCertificate", erasureCertificate);

/** The same as a PDF, with the certificate attached. */
export const readCertificatePdf = (client: Client, name: OrderName): Promise<Blob> =>
  client.readFile(orderPath(name, "/erasureCertificate/pdf"));
