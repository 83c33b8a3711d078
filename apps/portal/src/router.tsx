import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";

import { parseActivitySearch } from "./core/activity-search.ts";
import { parseTroubleshooterSearch } from "./core/troubleshooter-search.ts";
import { OperatorGate } from "./operator/operator-gate.tsx";
import { parsePosition } from "./orders/list-position.ts";
import { parseOrderFilter } from "./orders/order-filter.ts";
import { AppShell } from "./shell/app-shell.tsx";
import { NotFoundPage } from "./shell/not-found-page.tsx";

const parseOrderList = (search: Record<string, unknown>) => ({
  ...parseOrderFilter(search),
  ...parsePosition(search),
});

const rootRoute = createRootRoute({ component: AppShell, notFoundComponent: NotFoundPage });

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  validateSearch: parseOrderFilter,
  component: lazyRouteComponent(() => import("./home/home-page.tsx"), "HomePage"),
});

const ordersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/orders",
  validateSearch: parseOrderList,
  component: lazyRouteComponent(() => import("./orders/orders-page.tsx"), "OrdersPage"),
});

const createOrderRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/create",
  component: lazyRouteComponent(
    () => import("./create-order/create-order-page.tsx"),
    "CreateOrderPage",
  ),
});

/** An order; its pages are below. */
const orderRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/orders/$subscriptionId/$resourceGroup/$jobName",
});

const overviewRoute = createRoute({
  getParentRoute: () => orderRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./order/overview-page.tsx"), "OverviewPage"),
});

const cloneOrderRoute = createRoute({
  getParentRoute: () => orderRoute,
  path: "/clone",
  component: lazyRouteComponent(
    () => import("./create-order/clone-order-page.tsx"),
    "CloneOrderPage",
  ),
});

const encryptionRoute = createRoute({
  getParentRoute: () => orderRoute,
  path: "/encryption",
  component: lazyRouteComponent(() => import("./encryption/encryption-page.tsx"), "EncryptionPage"),
});

const deviceDetailsRoute = createRoute({
  getParentRoute: () => orderRoute,
  path: "/device-details",
  component: lazyRouteComponent(
    () => import("./device-details/device-details-page.tsx"),
    "DeviceDetailsPage",
  ),
});

const activityRoute = createRoute({
  getParentRoute: () => orderRoute,
  path: "/activity",
  validateSearch: parseActivitySearch,
  component: lazyRouteComponent(() => import("./activity/activity-page.tsx"), "ActivityPage"),
});

const unlockRoute = createRoute({
  getParentRoute: () => orderRoute,
  path: "/unlock",
  component: lazyRouteComponent(() => import("./unlock/unlock-page.tsx"), "UnlockPage"),
});

const orderApprovalsRoute = createRoute({
  getParentRoute: () => orderRoute,
  path: "/approvals",
  component: lazyRouteComponent(
    () => import("./approvals/order-approvals-page.tsx"),
    "OrderApprovalsPage",
  ),
});

const keyHealthRoute = createRoute({
  getParentRoute: () => orderRoute,
  path: "/key-health",
  component: lazyRouteComponent(() => import("./key-health/key-health-page.tsx"), "KeyHealthPage"),
});

const unlockPolicyRoute = createRoute({
  getParentRoute: () => orderRoute,
  path: "/unlock-policy",
  component: lazyRouteComponent(
    () => import("./unlock-policy/unlock-policy-page.tsx"),
    "UnlockPolicyPage",
  ),
});

const backupKeysRoute = createRoute({
  getParentRoute: () => orderRoute,
  path: "/backup-keys",
  component: lazyRouteComponent(
    () => import("./backup-keys/backup-keys-page.tsx"),
    "BackupKeysPage",
  ),
});

const noticeSettingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/notifications",
  component: lazyRouteComponent(
    () => import("./notices/notice-settings-page.tsx"),
    "NoticeSettingsPage",
  ),
});

const orderTroubleshooterRoute = createRoute({
  getParentRoute: () => orderRoute,
  path: "/troubleshoot",
  component: lazyRouteComponent(
    () => import("./troubleshooter/order-troubleshooter-page.tsx"),
    "OrderTroubleshooterPage",
  ),
});

const troubleshooterRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/troubleshooter",
  validateSearch: parseTroubleshooterSearch,
  component: lazyRouteComponent(
    () => import("./troubleshooter/troubleshooter-page.tsx"),
    "TroubleshooterPage",
  ),
});

const waitingApprovalsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/approvals",
  component: lazyRouteComponent(
    () => import("./approvals/waiting-approvals-page.tsx"),
    "WaitingApprovalsPage",
  ),
});

const contactRoute = createRoute({
  getParentRoute: () => orderRoute,
  path: "/contact",
  component: lazyRouteComponent(() => import("./contact/contact-page.tsx"), "ContactPage"),
});

/** Pages that only operators may open. */
const operatorRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "operators",
  component: OperatorGate,
});

const orderOperatorRoute = createRoute({
  getParentRoute: () => orderRoute,
  id: "operators",
  component: OperatorGate,
});

const operationsRoute = createRoute({
  getParentRoute: () => orderOperatorRoute,
  path: "/operations",
  component: lazyRouteComponent(() => import("./operations/operations-page.tsx"), "OperationsPage"),
});

const allOrdersRoute = createRoute({
  getParentRoute: () => operatorRoute,
  path: "/operator/orders",
  validateSearch: parseOrderList,
  component: lazyRouteComponent(() => import("./operator/all-orders-page.tsx"), "AllOrdersPage"),
});

const fleetRoute = createRoute({
  getParentRoute: () => operatorRoute,
  path: "/operator/fleet",
  component: lazyRouteComponent(() => import("./operator/fleet-page.tsx"), "FleetPage"),
});

const campaignsRoute = createRoute({
  getParentRoute: () => operatorRoute,
  path: "/operator/campaigns",
  component: lazyRouteComponent(() => import("./campaigns/campaigns-page.tsx"), "CampaignsPage"),
});

const startCampaignRoute = createRoute({
  getParentRoute: () => operatorRoute,
  path: "/operator/campaigns/start",
  component: lazyRouteComponent(
    () => import("./campaigns/start-campaign-page.tsx"),
    "StartCampaignPage",
  ),
});

const campaignRoute = createRoute({
  getParentRoute: () => operatorRoute,
  path: "/operator/campaigns/$campaignId",
  component: lazyRouteComponent(() => import("./campaigns/campaign-page.tsx"), "CampaignPage"),
});

const brokerHealthRoute = createRoute({
  getParentRoute: () => operatorRoute,
  path: "/operator/health",
  component: lazyRouteComponent(
    () => import("./operator/broker-health-page.tsx"),
    "BrokerHealthPage",
  ),
});

const routeTree = rootRoute.addChildren([
  homeRoute,
  ordersRoute,
  createOrderRoute,
  waitingApprovalsRoute,
  noticeSettingsRoute,
  troubleshooterRoute,
  orderRoute.addChildren([
    overviewRoute,
    cloneOrderRoute,
    activityRoute,
    deviceDetailsRoute,
    unlockRoute,
    orderApprovalsRoute,
    orderTroubleshooterRoute,
    encryptionRoute,
    keyHealthRoute,
    unlockPolicyRoute,
    backupKeysRoute,
    contactRoute,
    orderOperatorRoute.addChildren([operationsRoute]),
  ]),
  operatorRoute.addChildren([
    allOrdersRoute,
    fleetRoute,
    campaignsRoute,
    startCampaignRoute,
    campaignRoute,
    brokerHealthRoute,
  ]),
]);

/** Pages by address; each is loaded when it is first opened. */
export function createPortalRouter() {
  return createRouter({ routeTree, basepath: "/portal", defaultPreload: "intent" });
}

declare module "@tanstack/react-router" {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- declarations merge with interfaces only
  interface Register {
    router: ReturnType<typeof createPortalRouter>;
  }
}
