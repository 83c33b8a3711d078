import { SettingsMenu } from "@databox-cmk/ui";
import { Button, makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import { SignOutRegular } from "@fluentui/react-icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import * as z from "zod/mini";

import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  bar: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalS,
    minHeight: "48px",
    paddingInline: tokens.spacingHorizontalM,
    backgroundColor: tokens.colorBrandBackground,
    color: tokens.colorNeutralForegroundOnBrand,
    "@media (forced-colors: active)": {
      borderBlockEndWidth: "1px",
      borderBlockEndStyle: "solid",
    },
  },
  name: {
    display: "flex",
    flexWrap: "wrap",
    columnGap: tokens.spacingHorizontalM,
    alignItems: "baseline",
    flexGrow: 1,
    minWidth: 0,
    overflowWrap: "anywhere",
  },
  serial: { fontFamily: tokens.fontFamilyMonospace },
  onBrand: {
    color: tokens.colorNeutralForegroundOnBrand,
    ":hover": { color: tokens.colorNeutralForegroundOnBrand },
    ":hover:active": { color: tokens.colorNeutralForegroundOnBrand },
    ":focus": { color: tokens.colorNeutralForegroundOnBrand },
  },
  signOut: { "@media (max-width: 479px)": { minWidth: "44px", paddingInline: 0 } },
  word: { "@media (max-width: 479px)": { display: "none" } },
});

/** The node's name, settings, and sign-out. */
export function TopBar(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { state, api, feed } = useNode();
  const queryClient = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => api.call("DELETE", "/api/session", z.object({}), {}),
    onSettled: () => {
      queryClient.clear();
      feed.reopen();
    },
  });
  return (
    <header className={styles.bar}>
      <div className={styles.name}>
        <Text weight="semibold" size={400}>
          {state.node.model}
        </Text>
        <Text className={styles.serial}>{state.node.serial}</Text>
      </div>
      <SettingsMenu className={styles.onBrand} />
      {state.session.signedIn && (
        <Button
          appearance="transparent"
          className={mergeClasses(styles.onBrand, styles.signOut)}
          icon={<SignOutRegular />}
          aria-label={texts.shell.signOut}
          onClick={() => signOut.mutate()}
        >
          <span className={styles.word}>{texts.shell.signOut}</span>
        </Button>
      )}
    </header>
  );
}
