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
import { useRouterState } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useWaitingApprovals } from "../approvals/use-waiting-approvals.ts";
import { ReturnFocus } from "../focus/focus.ts";
import { useIsOperator } from "../queries/session-context.ts";
import { PAGES } from "../shell/pages.ts";
import { RouterNavItem } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";

const MENU = {
  everybody: PAGES.everybody.filter((page) => "Icon" in page),
  operators: PAGES.operators,
};

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
      [...MENU.operators, ...MENU.everybody].find(({ to }) => to !== "/" && pathname.startsWith(to))
        ?.to ?? pathname,
  });
  const itemOf = ({ to, titleOf, Icon }: (typeof MENU)["everybody" | "operators"][number]) => (
    <RouterNavItem key={to} to={to} value={to} icon={<Icon />} onClick={() => onOpenChange(false)}>
      {titleOf(texts)} {to === "/approvals" && <ApprovalsCount />}
    </RouterNavItem>
  );
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
        {MENU.everybody.map(itemOf)}
        {isOperator && (
          <>
            <NavSectionHeader as="h2">{texts.operator.title}</NavSectionHeader>
            {MENU.operators.map(itemOf)}
          </>
        )}
      </NavDrawerBody>
    </NavDrawer>
  );
}

/** The number of waiting approvals, which is read while the menu is open. */
function ApprovalsCount(): ReactElement | null {
  const styles = useStyles();
  const { approvals } = useWaitingApprovals();
  return approvals.length === 0 ? null : (
    <CounterBadge className={styles.count} count={approvals.length} />
  );
}
