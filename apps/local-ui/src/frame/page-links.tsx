import { RULE_BELOW } from "@databox-cmk/ui";
import { makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import {
  CertificateRegular,
  HistoryRegular,
  HomeRegular,
  NetworkCheckRegular,
} from "@fluentui/react-icons";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  links: {
    display: "flex",
    gap: tokens.spacingHorizontalXS,
    paddingInline: tokens.spacingHorizontalS,
    ...RULE_BELOW,
    "@media (max-width: 479px)": { justifyContent: "space-between", paddingInline: 0, gap: 0 },
  },
  link: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    minHeight: "44px",
    paddingInline: tokens.spacingHorizontalM,
    color: tokens.colorNeutralForeground2,
    textDecorationLine: "none",
    // Not a transparent border: forced colours would draw it below every link.
    paddingBlockEnd: "3px",
    ":hover": {
      color: tokens.colorNeutralForeground1,
      backgroundColor: tokens.colorSubtleBackgroundHover,
    },
    ":focus-visible": {
      outlineWidth: "2px",
      outlineStyle: "solid",
      outlineColor: tokens.colorStrokeFocus2,
      outlineOffset: "-2px",
    },
    "@media (max-width: 479px)": {
      flexDirection: "column",
      justifyContent: "center",
      gap: 0,
      paddingInline: tokens.spacingHorizontalXXS,
      paddingBlockStart: tokens.spacingVerticalXS,
      fontSize: tokens.fontSizeBase200,
      flexGrow: 1,
    },
  },
  current: {
    color: tokens.colorBrandForegroundLink,
    paddingBlockEnd: 0,
    borderBlockEndWidth: "3px",
    borderBlockEndStyle: "solid",
    borderBlockEndColor: tokens.colorCompoundBrandStroke,
  },
  icon: { display: "flex", fontSize: "20px" },
});

const PAGES = [
  { to: "/", name: "overview", Icon: HomeRegular },
  { to: "/journal", name: "journal", Icon: HistoryRegular },
  { to: "/certificates", name: "certificates", Icon: CertificateRegular },
  { to: "/network", name: "network", Icon: NetworkCheckRegular },
] as const;

export function PageLinks(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  return (
    <nav aria-label={texts.shell.pages} className={styles.links}>
      {PAGES.map(({ to, name, Icon }) => (
        <Link
          key={to}
          to={to}
          className={styles.link}
          activeOptions={{ exact: true }}
          activeProps={{ className: mergeClasses(styles.link, styles.current) }}
        >
          <span className={styles.icon} aria-hidden>
            <Icon />
          </span>
          <Text size={300}>{texts[name].title}</Text>
        </Link>
      ))}
    </nav>
  );
}
