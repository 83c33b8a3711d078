import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";
import { RouterBreadcrumb } from "./router-link.tsx";

export function OrdersCrumb(): ReactElement {
  return <RouterBreadcrumb to="/orders">{useTexts().orders.title}</RouterBreadcrumb>;
}

export function CampaignsCrumb(): ReactElement {
  const { title } = useTexts().operator.campaigns;
  return <RouterBreadcrumb to="/operator/campaigns">{title}</RouterBreadcrumb>;
}
