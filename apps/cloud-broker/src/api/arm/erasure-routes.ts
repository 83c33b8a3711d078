import { AppError } from "@databox-cmk/errors";
import { type ErasureCertificate, CERTIFICATE_CALLS } from "@databox-cmk/protocol";

import { orderIdOf } from "../../core/order.ts";
import type { Route } from "../../http/route.ts";
import { renderCertificatePdf } from "../../orders/certificate-pdf.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { readLastCertificate } from "../../orders/erasure.ts";
import { findChain } from "../../orders/find-order.ts";
import { readOrder } from "../../orders/read-order.ts";
import { readStatement } from "../../orders/verify-certificate.ts";
import { arm, type ArmRequest, queryValues } from "./arm-route.ts";

/** The certificate of an erased order, for its owner: as JSON, and as a document. */
export function createErasureRoutes({ store }: Plane<"store">): readonly Route[] {
  const readCertificate = async (request: ArmRequest): Promise<ErasureCertificate> => {
    const [deleted] = queryValues(request, "deleted");
    const chain = await findChain(store, request.order, deleted);
    const order =
      deleted === undefined ? await readOrder(store, orderIdOf(request.order)) : undefined;
    const erasureReceipt =
      order === undefined ? await readLastCertificate(store, chain) : order.state.erasureReceipt;
    if (erasureReceipt === undefined)
      throw new AppError("OrderStageForbids", {
        reason: "certificate",
        target: "properties.details.deviceErasureDetails",
      });
    return { certificate: erasureReceipt, statement: readStatement(erasureReceipt) };
  };
  return [
    arm.route(CERTIFICATE_CALLS.read, {
      action: "Microsoft.DataBox/jobs/read",
      summary: "Reads the signed certificate of an erased order (extension)",
      handle: async (request) => ({ json: await readCertificate(request) }),
    }),
    arm.route(CERTIFICATE_CALLS.readPdf, {
      action: "Microsoft.DataBox/jobs/read",
      summary: "The same certificate as a PDF, with the signed one attached (extension)",
      handle: async (request) => ({
        headers: {
          "content-disposition": `attachment; filename="${request.order.name}-erasure.pdf"`,
        },
        file: {
          bytes: await renderCertificatePdf(await readCertificate(request)),
          mediaType: "application/pdf",
        },
      }),
    }),
  ];
}
