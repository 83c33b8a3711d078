import type { HasAccess } from "../../callers/has-access.ts";
import type { Route } from "../../http/route.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import { createActionRoutes } from "./action-routes.ts";
import { createApprovalRoutes } from "./approval-routes.ts";
import { createActivityRoutes, createDiagnosticsRoutes } from "./audit-trail-routes.ts";
import { createBackupKeyRoutes } from "./backup-key-routes.ts";
import { createErasureRoutes } from "./erasure-routes.ts";
import { createExtensionRoutes } from "./extension-routes.ts";
import { createJobRoutes } from "./job-routes.ts";
import { createKeyHealthRoutes } from "./key-health-routes.ts";
import { createKeyVersionRoutes } from "./key-version-routes.ts";
import { createListRoutes } from "./list-routes.ts";
import { createNodeRoutes } from "./node-routes.ts";
import { createCustodyPolicyRoutes, createPolicyRoutes } from "./policy-routes.ts";
import { createRevocationRoutes } from "./revocation-routes.ts";
import { createOperationRoutes, createServiceRoutes } from "./service-routes.ts";
import { createSummaryRoutes } from "./summary-routes.ts";
import { createUnlockBudgetRoutes } from "./unlock-budget-routes.ts";

/** Every route of Microsoft.DataBox, and our extensions below an order's own path. */
export function createArmRoutes(deps: ControlPlane, hasAccess: HasAccess): readonly Route[] {
  return [
    ...createJobRoutes(deps),
    ...createListRoutes(deps),
    ...createSummaryRoutes(deps),
    ...createNodeRoutes(deps),
    ...createErasureRoutes(deps),
    ...createActionRoutes(deps),
    ...createExtensionRoutes(deps),
    ...createActivityRoutes(deps),
    ...createDiagnosticsRoutes(deps),
    ...createKeyHealthRoutes(deps),
    ...createKeyVersionRoutes(deps),
    ...createRevocationRoutes(deps),
    ...createPolicyRoutes(deps),
    ...createCustodyPolicyRoutes(deps),
    ...createBackupKeyRoutes(deps),
    ...createUnlockBudgetRoutes(deps),
    ...createApprovalRoutes(deps, hasAccess),
    ...createServiceRoutes(deps),
    ...createOperationRoutes(deps),
  ];
}
