import { NavDrawer, NavDrawerBody, NavDrawerHeader, Text } from "@fluentui/react-components";
import { BoxRegular } from "@fluentui/react-icons";
import { useRouterState } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";
import { RouterNavItem } from "./router-link.tsx";

/** The portal's sections, over the page until one is chosen. */
export function MainMenu({
  open,
  onOpenChange,
}: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}): ReactElement {
  const texts = useTexts();
  const section = useRouterState({ select: ({ location }) => location.pathname.split("/")[1] });
  const close = () => {
    onOpenChange(false);
  };
  return (
    <NavDrawer
      type="overlay"
      open={open}
      onOpenChange={(_event, data) => {
        onOpenChange(data.open);
      }}
      selectedValue={section ?? ""}
      // Over the page it is a modal dialog, which a navigation landmark may not be.
      role="dialog"
      aria-label={texts.shell.menu}
    >
      <NavDrawerHeader>
        <Text weight="semibold" size={400}>
          {texts.product}
        </Text>
      </NavDrawerHeader>
      <NavDrawerBody role="navigation" aria-label={texts.shell.menu}>
        <RouterNavItem to="/orders" value="orders" icon={<BoxRegular />} onClick={close}>
          {texts.orders.title}
        </RouterNavItem>
      </NavDrawerBody>
    </NavDrawer>
  );
}
