import { SettingsMenu } from "@databox-cmk/ui";
import { Button, makeStyles, Text, tokens, Tooltip } from "@fluentui/react-components";
import { NavigationRegular } from "@fluentui/react-icons";
import { type ReactElement, useState } from "react";

import { Bell } from "../notices/bell.tsx";
import { RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { AccountMenu } from "./account-menu.tsx";
import { MainMenu } from "./main-menu.tsx";
import { QuickAccess } from "./quick-access.tsx";

const useStyles = makeStyles({
  bar: {
    display: "flex",
    alignItems: "center",
    flexShrink: 0,
    gap: tokens.spacingHorizontalXS,
    height: "40px",
    paddingInline: tokens.spacingHorizontalXS,
    backgroundColor: tokens.colorBrandBackground,
    color: tokens.colorNeutralForegroundOnBrand,
    "@media (forced-colors: active)": {
      borderBlockEndWidth: "1px",
      borderBlockEndStyle: "solid",
    },
  },
  product: { flexGrow: 1, minWidth: 0, maxHeight: "40px", overflow: "hidden" },
  // Two lines fit into the bar of a narrow screen.
  name: { display: "block", lineHeight: "20px" },
  onBrand: {
    color: tokens.colorNeutralForegroundOnBrand,
    ":hover": { color: tokens.colorNeutralForegroundOnBrand },
    ":hover:active": { color: tokens.colorNeutralForegroundOnBrand },
    ":focus": { color: tokens.colorNeutralForegroundOnBrand },
  },
});

export function TopBar(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const [open, setOpen] = useState(false);
  return (
    <header className={styles.bar}>
      <Tooltip content={texts.shell.menu} relationship="label">
        <Button
          appearance="transparent"
          className={styles.onBrand}
          icon={<NavigationRegular />}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        />
      </Tooltip>
      <div className={styles.product}>
        <RouterLink to="/" appearance="subtle" className={styles.onBrand}>
          <Text weight="semibold" size={400} className={styles.name}>
            {texts.product}
          </Text>
        </RouterLink>
      </div>
      <QuickAccess className={styles.onBrand} />
      <Bell className={styles.onBrand} />
      <SettingsMenu className={styles.onBrand} />
      <AccountMenu className={styles.onBrand} />
      <MainMenu open={open} onOpenChange={setOpen} />
    </header>
  );
}
