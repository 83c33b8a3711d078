import { BrokenPage, EmptyState } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";
import { WrenchRegular, DocumentSearchRegular } from "@fluentui/react-icons";
import type { QueryClient } from "@tanstack/react-query";
import {
  type AnyRoute,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  type RouteComponent,
  Outlet,
} from "@tanstack/react-router";
import type { ReactElement } from "react";

import { parseActivitySearch } from "./core/activity-search.ts";
import { parseTroubleshooterSearch } from "./core/troubleshooter-search.ts";
import { AppShell } from "./frame/app-shell.tsx";
import { parsePosition } from "./orders/list-position.ts";
import { parseOrderFilter } from "./orders/order-filter.ts";
import { prefetchOrders } from "./orders/prefetch-orders.ts";
import { useIsOperator } from "./queries/session-context.ts";
import { lazyPage } from "./shell/lazy-page.tsx";
import { OperatorPage } from "./shell/page.tsx";
import { RouterLink } from "./shell/router-link.tsx";
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

/**
 * Routes below a parent whose code loads when they are first opened.
 *
 * @returns makes one; its `name` is that of the exported component
 */
const pagesOf =
  <const Parent extends AnyRoute>(parent: Parent) =>
  <
    const Path extends string,
    Module extends Record<Name, RouteComponent>,
    Name extends string,
    const Validator extends ((search: Record<string, unknown>) => object) | undefined = undefined,
  >(
    path: Path,
    load: () => Promise<Module>,
    name: Name,
    validateSearch?: Validator,
  ) =>
    createRoute({
      getParentRoute: () => parent,
      path,
      validateSearch,
      component: lazyPage(async () => (await load())[name]),
    });
const [page, orderPage, operatorPage] = [pagesOf(top), pagesOf(order), pagesOf(operators)];

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
  page("/", () => import("./home/home-page.tsx"), "HomePage", parseOrderFilter),
  orders,
  page("/create", () => import("./create-order/create-order-page.tsx"), "CreateOrderPage"),
  page(
    "/approvals",
    () => import("./approvals/waiting-approvals-page.tsx"),
    "WaitingApprovalsPage",
  ),
  page("/notifications", () => import("./notices/notice-settings-page.tsx"), "NoticeSettingsPage"),
  page(
    "/troubleshooter",
    () => import("./troubleshooter/troubleshooter-page.tsx"),
    "TroubleshooterPage",
    parseTroubleshooterSearch,
  ),
  order.addChildren([
    orderPage("/", () => import("./overview/overview-page.tsx"), "OverviewPage"),
    orderPage("/clone", () => import("./create-order/create-order-page.tsx"), "CloneOrderPage"),
    orderPage(
      "/activity",
      () => import("./activity/activity-page.tsx"),
      "ActivityPage",
      parseActivitySearch,
    ),
    orderPage(
      "/device-details",
      () => import("./device-details/device-details-page.tsx"),
      "DeviceDetailsPage",
    ),
    orderPage("/unlock", () => import("./unlock/unlock-page.tsx"), "UnlockPage"),
    orderPage(
      "/approvals",
      () => import("./approvals/order-approvals-page.tsx"),
      "OrderApprovalsPage",
    ),
    orderPage(
      "/troubleshoot",
      () => import("./troubleshooter/order-troubleshooter-page.tsx"),
      "OrderTroubleshooterPage",
    ),
    orderPage("/encryption", () => import("./encryption/encryption-page.tsx"), "EncryptionPage"),
    orderPage("/key-health", () => import("./key-health/key-health-page.tsx"), "KeyHealthPage"),
    orderPage(
      "/unlock-policy",
      () => import("./unlock-policy/unlock-policy-page.tsx"),
      "UnlockPolicyPage",
    ),
    orderPage("/backup-keys", () => import("./backup-keys/backup-keys-page.tsx"), "BackupKeysPage"),
    orderPage("/contact", () => import("./contact/contact-page.tsx"), "ContactPage"),
    orderOperators.addChildren([
      pagesOf(orderOperators)(
        "/operations",
        () => import("./operator/operations/operations-page.tsx"),
        "OperationsPage",
      ),
    ]),
  ]),
  operators.addChildren([
    operatorPage(
      "/operator/orders",
      () => import("./operator/orders/all-orders-page.tsx"),
      "AllOrdersPage",
      parseOrderList,
    ),
    operatorPage("/operator/fleet", () => import("./operator/fleet/fleet-page.tsx"), "FleetPage"),
    operatorPage(
      "/operator/campaigns",
      () => import("./operator/campaigns/campaigns-page.tsx"),
      "CampaignsPage",
    ),
    operatorPage(
      "/operator/campaigns/start",
      () => import("./operator/campaigns/start-campaign-page.tsx"),
      "StartCampaignPage",
    ),
    operatorPage(
      "/operator/campaigns/$campaignId",
      () => import("./operator/campaigns/campaign-page.tsx"),
      "CampaignPage",
    ),
    operatorPage(
      "/operator/organizations",
      () => import("./operator/organizations/organizations-page.tsx"),
      "OrganizationsPage",
    ),
    operatorPage(
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

/** Shows an operators' page to operators; for others it says so and reads nothing. */
function OperatorGate(): ReactElement {
  const texts = useTexts().operator;
  if (useIsOperator()) return <Outlet />;
  return (
    <OperatorPage title={texts.onlyFor} icon={<WrenchRegular />}>
      <Text>{texts.onlyHint}</Text>
    </OperatorPage>
  );
}

function NotFoundPage(): ReactElement {
  const texts = useTexts();
  return (
    <EmptyState heading="h1" icon={<DocumentSearchRegular />} title={texts.shell.notFoundTitle}>
      <p>{texts.shell.notFound}</p>
      <RouterLink to="/orders">{texts.shell.toOrders}</RouterLink>
    </EmptyState>
  );
}
