import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";
import { RouterBreadcrumb } from "./router-link.tsx";

/** The trail of a page begins with links to the pages above it. */
export function HomeCrumb(): ReactElement {
  return <RouterBreadcrumb to="/">{useTexts().shell.home}</RouterBreadcrumb>;
}

export function OrdersCrumb(): ReactElement {
  return <RouterBreadcrumb to="/orders">{useTexts().orders.title}</RouterBreadcrumb>;
}

export function CampaignsCrumb(): ReactElement {
  const { title } = useTexts().operator.campaigns;
  return <RouterBreadcrumb to="/operator/campaigns">{title}</RouterBreadcrumb>;
}
