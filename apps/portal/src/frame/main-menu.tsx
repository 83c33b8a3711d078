import {
  CounterBadge,
  makeStyles,
  NavDrawer,
  NavDrawerBody,
  NavDrawerHeader,
  NavSectionHeader,
  Text,
  tokens,
} from "@fluentui/react-components";
import {
  ArrowSyncRegular,
  BookSearchRegular,
  BoxMultipleRegular,
  BoxRegular,
  GlobeRegular,
  HeartPulseRegular,
  HomeRegular,
  PersonClockRegular,
} from "@fluentui/react-icons";
import { useRouterState } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useWaitingApprovals } from "../approvals/use-waiting-approvals.ts";
import { ReturnFocus } from "../focus/return-focus.ts";
import { useIsOperator } from "../queries/session-context.ts";
import { RouterNavItem } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";

const OPERATOR_PAGES = [
  { to: "/operator/orders", page: "orders", Icon: BoxMultipleRegular },
  { to: "/operator/fleet", page: "fleet", Icon: GlobeRegular },
  { to: "/operator/campaigns", page: "campaigns", Icon: ArrowSyncRegular },
  { to: "/operator/health", page: "health", Icon: HeartPulseRegular },
] as const;

const useStyles = makeStyles({ count: { marginInlineStart: tokens.spacingHorizontalS } });

/** The portal's sections, over the page until one is chosen. */
export function MainMenu({
  open,
  onOpenChange,
}: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}): ReactElement {
  const texts = useTexts();
  const isOperator = useIsOperator();
  const section = useRouterState({
    select: ({ location: { pathname } }) =>
      OPERATOR_PAGES.find(({ to }) => pathname.startsWith(to))?.to ??
      (pathname.split("/")[1] || "home"),
  });
  const close = () => onOpenChange(false);
  return (
    <NavDrawer
      type="overlay"
      open={open}
      onOpenChange={(_event, data) => onOpenChange(data.open)}
      selectedValue={section}
      // Over the page it is a modal dialog, which a navigation landmark may not be.
      role="dialog"
      aria-label={texts.shell.menu}
    >
      <ReturnFocus />
      <NavDrawerHeader>
        <Text weight="semibold" size={400}>
          {texts.product}
        </Text>
      </NavDrawerHeader>
      <NavDrawerBody role="navigation" aria-label={texts.shell.menu}>
        <RouterNavItem to="/" value="home" icon={<HomeRegular />} onClick={close}>
          {texts.shell.home}
        </RouterNavItem>
        <RouterNavItem to="/orders" value="orders" icon={<BoxRegular />} onClick={close}>
          {texts.orders.title}
        </RouterNavItem>
        <ApprovalsItem onClick={close} />
        <RouterNavItem
          to="/troubleshooter"
          value="troubleshooter"
          icon={<BookSearchRegular />}
          onClick={close}
        >
          {texts.troubleshooter.title}
        </RouterNavItem>
        {isOperator && (
          <>
            <NavSectionHeader as="h2">{texts.operator.title}</NavSectionHeader>
            {OPERATOR_PAGES.map(({ to, page, Icon }) => (
              <RouterNavItem key={to} to={to} value={to} icon={<Icon />} onClick={close}>
                {page === "orders" ? texts.operator.orders : texts.operator[page].title}
              </RouterNavItem>
            ))}
          </>
        )}
      </NavDrawerBody>
    </NavDrawer>
  );
}

/** Shows the number of waiting approvals, which is read while the menu is open. */
function ApprovalsItem({ onClick }: { readonly onClick: () => void }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { approvals } = useWaitingApprovals();
  return (
    <RouterNavItem
      to="/approvals"
      value="approvals"
      icon={<PersonClockRegular />}
      onClick={onClick}
    >
      {texts.approvals.waitingTitle}{" "}
      {approvals.length > 0 && <CounterBadge className={styles.count} count={approvals.length} />}
    </RouterNavItem>
  );
}
