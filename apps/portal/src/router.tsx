import { BrokenPage } from "@databox-cmk/ui";
import type { QueryClient } from "@tanstack/react-query";
import {
  type AnyRoute,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  type RouteComponent,
} from "@tanstack/react-router";

import { parseActivitySearch } from "./core/activity-search.ts";
import { parseTroubleshooterSearch } from "./core/troubleshooter-search.ts";
import { AppShell } from "./frame/app-shell.tsx";
import { OperatorGate } from "./frame/operator-gate.tsx";
import { parsePosition } from "./orders/list-position.ts";
import { parseOrderFilter } from "./orders/order-filter.ts";
import { prefetchOrders } from "./orders/prefetch-orders.ts";
import { lazyPage } from "./shell/lazy-page.tsx";
import { NotFoundPage } from "./shell/not-found-page.tsx";
import { useTexts } from "./texts/texts.ts";

const parseOrderList = (search: Record<string, unknown>) => ({
  ...parseOrderFilter(search),
  ...parsePosition(search),
});

const top = createRootRouteWithContext<{ readonly queryClient: QueryClient }>()({
  component: AppShell,
  notFoundComponent: NotFoundPage,
});

/** An order; its pages are below. */
const order = createRoute({
  getParentRoute: () => top,
  path: "/orders/$subscriptionId/$resourceGroup/$jobName",
});

/** Pages that only operators may open. */
const operators = createRoute({
  getParentRoute: () => top,
  id: "operators",
  component: OperatorGate,
});
const orderOperators = createRoute({
  getParentRoute: () => order,
  id: "operators",
  component: OperatorGate,
});

/** A route whose code loads when it is first opened. @param name - of the exported component */
function page<
  const Parent extends AnyRoute,
  const Path extends string,
  Module extends Record<Name, RouteComponent>,
  Name extends string,
  const Validator extends ((search: Record<string, unknown>) => object) | undefined = undefined,
>(parent: Parent, path: Path, load: () => Promise<Module>, name: Name, validateSearch?: Validator) {
  return createRoute({
    getParentRoute: () => parent,
    path,
    validateSearch,
    component: lazyPage(async () => (await load())[name]),
  });
}

const orders = createRoute({
  getParentRoute: () => top,
  path: "/orders",
  validateSearch: parseOrderList,
  loaderDeps: ({ search }) => search,
  loader: ({ context, deps, preload }) => {
    // A link that is only touched loads code alone: a read could end in a sign-in.
    if (preload) return;
    // The page does not wait for it.
    prefetchOrders(context.queryClient, deps).catch(() => undefined);
  },
  component: lazyPage(async () => (await import("./orders/orders-page.tsx")).OrdersPage),
});

const routeTree = top.addChildren([
  page(top, "/", () => import("./home/home-page.tsx"), "HomePage", parseOrderFilter),
  orders,
  page(top, "/create", () => import("./create-order/create-order-page.tsx"), "CreateOrderPage"),
  page(
    top,
    "/approvals",
    () => import("./approvals/waiting-approvals-page.tsx"),
    "WaitingApprovalsPage",
  ),
  page(
    top,
    "/notifications",
    () => import("./notices/notice-settings-page.tsx"),
    "NoticeSettingsPage",
  ),
  page(
    top,
    "/troubleshooter",
    () => import("./troubleshooter/troubleshooter-page.tsx"),
    "TroubleshooterPage",
    parseTroubleshooterSearch,
  ),
  order.addChildren([
    page(order, "/", () => import("./overview/overview-page.tsx"), "OverviewPage"),
    page(order, "/clone", () => import("./create-order/create-order-page.tsx"), "CloneOrderPage"),
    page(
      order,
      "/activity",
      () => import("./activity/activity-page.tsx"),
      "ActivityPage",
      parseActivitySearch,
    ),
    page(
      order,
      "/device-details",
      () => import("./device-details/device-details-page.tsx"),
      "DeviceDetailsPage",
    ),
    page(order, "/unlock", () => import("./unlock/unlock-page.tsx"), "UnlockPage"),
    page(
      order,
      "/approvals",
      () => import("./approvals/order-approvals-page.tsx"),
      "OrderApprovalsPage",
    ),
    page(
      order,
      "/troubleshoot",
      () => import("./troubleshooter/order-troubleshooter-page.tsx"),
      "OrderTroubleshooterPage",
    ),
    page(order, "/encryption", () => import("./encryption/encryption-page.tsx"), "EncryptionPage"),
    page(order, "/key-health", () => import("./key-health/key-health-page.tsx"), "KeyHealthPage"),
    page(
      order,
      "/unlock-policy",
      () => import("./unlock-policy/unlock-policy-page.tsx"),
      "UnlockPolicyPage",
    ),
    page(
      order,
      "/backup-keys",
      () => import("./backup-keys/backup-keys-page.tsx"),
      "BackupKeysPage",
    ),
    page(order, "/contact", () => import("./contact/contact-page.tsx"), "ContactPage"),
    orderOperators.addChildren([
      page(
        orderOperators,
        "/operations",
        () => import("./operator/operations/operations-page.tsx"),
        "OperationsPage",
      ),
    ]),
  ]),
  operators.addChildren([
    page(
      operators,
      "/operator/orders",
      () => import("./operator/orders/all-orders-page.tsx"),
      "AllOrdersPage",
      parseOrderList,
    ),
    page(
      operators,
      "/operator/fleet",
      () => import("./operator/fleet/fleet-page.tsx"),
      "FleetPage",
    ),
    page(
      operators,
      "/operator/campaigns",
      () => import("./operator/campaigns/campaigns-page.tsx"),
      "CampaignsPage",
    ),
    page(
      operators,
      "/operator/campaigns/start",
      () => import("./operator/campaigns/start-campaign-page.tsx"),
      "StartCampaignPage",
    ),
    page(
      operators,
      "/operator/campaigns/$campaignId",
      () => import("./operator/campaigns/campaign-page.tsx"),
      "CampaignPage",
    ),
    page(
      operators,
      "/operator/organizations",
      () => import("./operator/organizations/organizations-page.tsx"),
      "OrganizationsPage",
    ),
    page(
      operators,
      "/operator/health",
      () => import("./operator/health/broker-health-page.tsx"),
      "BrokerHealthPage",
    ),
  ]),
]);

/** Pages by address. */
export function createPortalRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    basepath: "/portal",
    defaultPreload: "intent",
    defaultErrorComponent: FailedPage,
    // A page of another order starts again, without the input and results of the one before.
    defaultRemountDeps: ({ params }) => params,
    context: { queryClient },
  });
}

/** The shell around it stays. */
function FailedPage() {
  return <BrokenPage text={useTexts().shell.broken} />;
}

declare module "@tanstack/react-router" {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- declarations merge with interfaces only
  interface Register {
    router: ReturnType<typeof createPortalRouter>;
  }
}
