import { SESSION_CALLS } from "@databox-cmk/protocol";
import { SettingsMenu, Stack } from "@databox-cmk/ui";
import {
  Avatar,
  Button,
  makeStyles,
  Menu,
  MenuItem,
  MenuItemLink,
  MenuList,
  MenuPopover,
  MenuTrigger,
  mergeClasses,
  Persona,
  Text,
  tokens,
  Tooltip,
} from "@fluentui/react-components";
import {
  NavigationRegular,
  PersonSwapRegular,
  QuestionCircleRegular,
  SearchRegular,
  SignOutRegular,
} from "@fluentui/react-icons";
import { type ReactElement, Suspense, useLayoutEffect, useState } from "react";

import { SWITCH_DIRECTORY_URL } from "../api/session.ts";
import { Bell } from "../notices/bell.tsx";
import { useSignedIn } from "../queries/session-context.ts";
import { ON_NARROW } from "../shell/breakpoints.ts";
import { lazyPanel } from "../shell/lazy-part.tsx";
import { RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { useAction } from "../toasts/use-action.tsx";
import { MainMenu } from "./main-menu.tsx";

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

const useAccountStyles = makeStyles({
  button: { [ON_NARROW]: { minWidth: "auto" } },
  name: {
    // The menu shows all of it: that of a guest has 80 letters and more.
    maxWidth: "clamp(80px, 25vw, 240px)",
    overflow: "hidden",
    textOverflow: "ellipsis",
    whiteSpace: "nowrap",
    [ON_NARROW]: { display: "none" },
  },
  persona: { padding: tokens.spacingHorizontalM, overflowWrap: "anywhere" },
});

/** The signed-in person, and the ways to another directory, if there are several, and out. */
function AccountMenu({ className }: { readonly className: string }): ReactElement {
  const styles = useAccountStyles();
  const texts = useTexts();
  const { session, client } = useSignedIn();
  const signOut = useAction("signOut", {
    mutationFn: () => client.call(SESSION_CALLS.signOut, { params: {} }),
    onSuccess: ({ location: next }) => globalThis.location.assign(next),
  });
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button
          appearance="transparent"
          className={mergeClasses(className, styles.button)}
          icon={<Avatar name={session.name} size={24} />}
          iconPosition="after"
        >
          <span className={styles.name}>{session.userName}</span>
        </Button>
      </MenuTrigger>
      <MenuPopover role="region" aria-label={session.userName}>
        <Stack gap="XS" className={styles.persona}>
          <Persona name={session.name} secondaryText={session.userName} />
          <Text size={200}>{texts.session.tenant(session.tenantId)}</Text>
        </Stack>
        <MenuList>
          {session.tenancy !== undefined && session.tenancy !== "only" && (
            <MenuItemLink icon={<PersonSwapRegular />} href={SWITCH_DIRECTORY_URL}>
              {texts.session.switchDirectory}
            </MenuItemLink>
          )}
          <MenuItem icon={<SignOutRegular />} onClick={() => signOut.mutate()}>
            {texts.session.signOut}
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

const HelpPanel = lazyPanel(async () => (await import("../help/help-panel.tsx")).HelpPanel);
const SearchDialog = lazyPanel(
  async () => (await import("../search/search-dialog.tsx")).SearchDialog,
);

/** Search and help, by their buttons in the top bar or by Ctrl+K and `?`. */
function QuickAccess({ className }: { readonly className: string }): ReactElement {
  const texts = useTexts();
  const [shown, setShown] = useState<"search" | "help">();
  // A key that is pressed as soon as the page is shown must not be lost.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const wanted = shortcutOf(event);
      // The open page keeps its place: it may have unsaved input.
      if (wanted === undefined || document.querySelector(DIALOG) !== null) return;
      event.preventDefault();
      setShown(wanted);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  const close = () => setShown(undefined);
  const buttons = [
    ["search", texts.search.button, SearchRegular],
    ["help", texts.help.button, QuestionCircleRegular],
  ] as const;
  return (
    <>
      {buttons.map(([what, name, Icon]) => (
        <Tooltip key={what} content={name} relationship="label">
          <Button
            appearance="transparent"
            className={className}
            icon={<Icon />}
            aria-haspopup="dialog"
            aria-expanded={shown === what}
            onClick={() => setShown(what)}
          />
        </Tooltip>
      ))}
      <Suspense fallback={null}>
        {shown === "search" && <SearchDialog onClose={close} />}
        {shown === "help" && <HelpPanel onClose={close} />}
      </Suspense>
    </>
  );
}

const DIALOG = '[role="dialog"], [role="alertdialog"]';
const FIELDS = 'input, textarea, select, [contenteditable="true"], [role="combobox"]';

/** A character that is typed into a field is not a shortcut; Ctrl+K is one everywhere. */
function shortcutOf(event: KeyboardEvent): "search" | "help" | undefined {
  const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event;
  if (key.toLowerCase() === "k" && (ctrlKey || metaKey) && !altKey && !shiftKey) return "search";
  const isTyping = target instanceof Element && target.closest(FIELDS) !== null;
  return key === "?" && !isTyping && !ctrlKey && !metaKey ? "help" : undefined;
}
