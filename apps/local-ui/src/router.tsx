import { BrokenPage, EmptyState } from "@databox-cmk/ui";
import { DocumentSearchRegular } from "@fluentui/react-icons";
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";
import type { ReactElement } from "react";

import { AppShell } from "./frame/app-shell.tsx";
import { OverviewPage } from "./overview/overview-page.tsx";
import { RouterLink } from "./shell/router-link.tsx";
import { useTexts } from "./texts/texts.ts";

const rootRoute = createRootRoute({ component: AppShell, notFoundComponent: NotFoundPage });

const overviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  component: OverviewPage,
});

const journalRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/journal",
  component: lazyRouteComponent(() => import("./journal/journal-page.tsx"), "JournalPage"),
});

const certificatesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/certificates",
  component: lazyRouteComponent(
    () => import("./certificates/certificates-page.tsx"),
    "CertificatesPage",
  ),
});

const networkRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/network",
  component: lazyRouteComponent(() => import("./network/network-page.tsx"), "NetworkPage"),
});

const routeTree = rootRoute.addChildren([
  overviewRoute,
  journalRoute,
  certificatesRoute,
  networkRoute,
]);

/** Pages by address; a person who has not signed in sees the sign-in page at each of them. */
export function createNodeRouter() {
  return createRouter({
    routeTree,
    defaultPreload: "intent",
    defaultErrorComponent: FailedPage,
  });
}

/** The appliance is not affected. */
function FailedPage() {
  return <BrokenPage text={useTexts().shell.broken} />;
}

declare module "@tanstack/react-router" {
  // oxlint-disable-next-line typescript/consistent-type-definitions -- declarations merge with interfaces only
  interface Register {
    router: ReturnType<typeof createNodeRouter>;
  }
}

function NotFoundPage(): ReactElement {
  const texts = useTexts();
  return (
    <EmptyState heading="h1" icon={<DocumentSearchRegular />} title={texts.shell.notFoundTitle}>
      <RouterLink to="/">{texts.shell.toOverview}</RouterLink>
    </EmptyState>
  );
}
