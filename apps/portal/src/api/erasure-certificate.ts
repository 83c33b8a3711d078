import { CERTIFICATE_CALLS } from "@databox-cmk/protocol";

import type { OrderName } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

export const readErasureCertificate = (client: Client, params: OrderName, signal?: AbortSignal) =>
  client.call(CERTIFICATE_CALLS.read, { params, signal });

/** The same as a PDF, with the certificate attached. */
export const readCertificatePdf = (client: Client, params: OrderName): Promise<Blob> =>
  client.callFile(CERTIFICATE_CALLS.readPdf, { params });
