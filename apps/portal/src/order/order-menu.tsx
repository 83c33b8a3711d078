import { useMediaQuery } from "@databox-cmk/ui";
import {
  Button,
  makeStyles,
  mergeClasses,
  Nav,
  NavDrawer,
  NavDrawerBody,
  NavDrawerHeader,
  NavSectionHeader,
  Text,
  tokens,
} from "@fluentui/react-components";
import {
  BookSearchRegular,
  BoxRegular,
  HeartPulseRegular,
  HistoryRegular,
  KeyMultipleRegular,
  ContactCardRegular,
  KeyRegular,
  LockOpenRegular,
  NavigationRegular,
  PersonClockRegular,
  PhoneLaptopRegular,
  ShieldKeyholeRegular,
  WrenchRegular,
} from "@fluentui/react-icons";
import { Fragment, type ReactElement, useState } from "react";

import { ReturnFocus } from "../focus/focus.ts";
import { useIsOperator } from "../queries/session-context.ts";
import { narrowerThan, TABLET_PX } from "../shell/breakpoints.ts";
import { ORDER, RouterNavItem } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { useOrderName } from "./use-order.ts";

/** The menu: a row for each page of an order. */
const GROUPS = [
  {
    group: "general",
    items: [
      { section: "overview", to: ORDER, Icon: BoxRegular },
      { section: "activity", to: `${ORDER}/activity`, Icon: HistoryRegular },
      { section: "deviceDetails", to: `${ORDER}/device-details`, Icon: PhoneLaptopRegular },
      { section: "unlock", to: `${ORDER}/unlock`, Icon: LockOpenRegular },
      { section: "approvals", to: `${ORDER}/approvals`, Icon: PersonClockRegular },
      { section: "troubleshoot", to: `${ORDER}/troubleshoot`, Icon: BookSearchRegular },
    ],
  },
  {
    group: "settings",
    items: [
      { section: "encryption", to: `${ORDER}/encryption`, Icon: KeyRegular },
      { section: "keyHealth", to: `${ORDER}/key-health`, Icon: HeartPulseRegular },
      { section: "unlockPolicy", to: `${ORDER}/unlock-policy`, Icon: ShieldKeyholeRegular },
      { section: "backupKeys", to: `${ORDER}/backup-keys`, Icon: KeyMultipleRegular },
      { section: "contact", to: `${ORDER}/contact`, Icon: ContactCardRegular },
    ],
  },
  {
    group: "operator",
    items: [{ section: "operations", to: `${ORDER}/operations`, Icon: WrenchRegular }],
  },
] as const;
export type OrderSection = (typeof GROUPS)[number]["items"][number]["section"];

const useStyles = makeStyles({
  menu: {
    width: "220px",
    flexShrink: 0,
    borderInlineEndWidth: "1px",
    borderInlineEndStyle: "solid",
    borderInlineEndColor: tokens.colorNeutralStroke2,
    paddingInlineEnd: tokens.spacingHorizontalS,
  },
  // Fluent's item has a drawer's background; at the side of a page it gets the page's.
  item: {
    backgroundColor: "transparent",
    ":hover": { backgroundColor: tokens.colorNeutralBackground1Hover },
    ":active": { backgroundColor: tokens.colorNeutralBackground1Pressed },
  },
  chosen: { backgroundColor: tokens.colorNeutralBackground1Selected },
});

export function OrderMenu({ section }: { readonly section: OrderSection }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const isNarrow = useMediaQuery(narrowerThan(TABLET_PX));
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  if (!isNarrow)
    return (
      <Nav
        className={styles.menu}
        selectedValue={section}
        role="navigation"
        aria-label={texts.shell.resourceMenu}
      >
        <MenuItems section={section} onChosen={close} />
      </Nav>
    );
  return (
    <div>
      <Button icon={<NavigationRegular />} aria-expanded={open} onClick={() => setOpen(true)}>
        {texts.order.sections[section]}
      </Button>
      <NavDrawer
        type="overlay"
        open={open}
        onOpenChange={(_event, data) => setOpen(data.open)}
        selectedValue={section}
        role="dialog"
        aria-label={texts.shell.resourceMenu}
      >
        <ReturnFocus />
        <NavDrawerHeader>
          <Text weight="semibold">{texts.shell.resourceMenu}</Text>
        </NavDrawerHeader>
        <NavDrawerBody role="navigation" aria-label={texts.shell.resourceMenu}>
          <MenuItems section={section} onChosen={close} />
        </NavDrawerBody>
      </NavDrawer>
    </div>
  );
}

function MenuItems({
  section: chosen,
  onChosen,
}: {
  readonly section: OrderSection;
  readonly onChosen: () => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const name = useOrderName();
  const isOperator = useIsOperator();
  return (
    <>
      {GROUPS.filter(({ group }) => group !== "operator" || isOperator).map(({ group, items }) => (
        <Fragment key={group}>
          {group !== "general" && (
            <NavSectionHeader as="h2">{texts.order.groups[group]}</NavSectionHeader>
          )}
          {items.map(({ section, to, Icon }) => (
            <RouterNavItem
              key={section}
              to={to}
              params={name}
              value={section}
              icon={<Icon />}
              className={mergeClasses(styles.item, section === chosen && styles.chosen)}
              onClick={onChosen}
            >
              {texts.order.sections[section]}
            </RouterNavItem>
          ))}
        </Fragment>
      ))}
    </>
  );
}
