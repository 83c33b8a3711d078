import { erasureCertificate } from "@databox-cmk/protocol";

import { type OrderName, orderPart, orderPath } from "./arm-path.ts";

export const readErasureCertificate = orderPart("/erasureCertificate", erasureCertificate);

/** The same as a document, with the certificate attached. The browser saves it by itself. */
export const certificatePdfPath = (name: OrderName): string =>
  orderPath(name, "/erasureCertificate/pdf");
