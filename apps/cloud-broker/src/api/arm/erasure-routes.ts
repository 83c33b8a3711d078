import { AppError } from "@databox-cmk/errors";
import { type ErasureCertificate, erasureCertificate } from "@databox-cmk/protocol";

import { ACTIONS } from "../../core/permissions.ts";
import type { Route } from "../../http/route.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import { findOrder } from "../../orders/find-order.ts";
import { readStatement } from "../../orders/verify-certificate.ts";
import { arm } from "./arm-route.ts";
import { PATHS } from "./paths.ts";

/** The certificate of an erased order, for its owner. */
export function createErasureRoutes({ store }: ControlPlane): readonly Route[] {
  return [
    arm.route(
      "GET",
      `${PATHS.job}/erasureCertificate`,
      {
        action: ACTIONS.readJobs,
        summary: "Reads the signed certificate of an erased order (extension)",
        answers: { 200: erasureCertificate },
      },
      async (request) => {
        const { erasureReceipt: certificate } = (await findOrder(store, request.order)).state;
        if (certificate === undefined)
          throw new AppError("OrderStageForbids", {
            reason: "certificate",
            target: "properties.details.deviceErasureDetails",
          });
        const json: ErasureCertificate = { certificate, statement: readStatement(certificate) };
        return { json };
      },
    ),
  ];
}
