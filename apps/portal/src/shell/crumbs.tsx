import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";
import { RouterBreadcrumb } from "./router-link.tsx";

/** A link to the page above others, in the trail of these. */
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
