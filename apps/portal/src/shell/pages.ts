import {
  ArrowSyncRegular,
  BookSearchRegular,
  BoxMultipleRegular,
  BoxRegular,
  BuildingRegular,
  type FluentIcon,
  GlobeRegular,
  HeartPulseRegular,
  HomeRegular,
  PersonClockRegular,
} from "@fluentui/react-icons";

import type { Texts } from "../texts/texts.ts";

/**
 * The pages without parameters in their address, for every role and for operators. The search finds
 * all of them; those with an icon are in the menu.
 */
export const PAGES = {
  everybody: [
    { to: "/", titleOf: ({ shell }) => shell.home, Icon: HomeRegular },
    { to: "/orders", titleOf: ({ orders }) => orders.title, Icon: BoxRegular },
    { to: "/create", titleOf: ({ createOrder }) => createOrder.title },
    {
      to: "/approvals",
      titleOf: ({ approvals }) => approvals.waitingTitle,
      Icon: PersonClockRegular,
    },
    { to: "/notifications", titleOf: ({ noticeSettings }) => noticeSettings.title },
    {
      to: "/troubleshooter",
      titleOf: ({ troubleshooter }) => troubleshooter.title,
      Icon: BookSearchRegular,
    },
  ],
  operators: [
    {
      to: "/operator/orders",
      titleOf: ({ operator }) => operator.orders,
      Icon: BoxMultipleRegular,
    },
    { to: "/operator/fleet", titleOf: ({ operator }) => operator.fleet.title, Icon: GlobeRegular },
    {
      to: "/operator/campaigns",
      titleOf: ({ operator }) => operator.campaigns.title,
      Icon: ArrowSyncRegular,
    },
    {
      to: "/operator/organizations",
      titleOf: ({ operator }) => operator.organizations.title,
      Icon: BuildingRegular,
    },
    {
      to: "/operator/health",
      titleOf: ({ operator }) => operator.health.title,
      Icon: HeartPulseRegular,
    },
  ],
} as const satisfies Record<
  string,
  readonly {
    readonly to: string;
    readonly titleOf: (texts: Texts) => string;
    readonly Icon?: FluentIcon;
  }[]
>;
