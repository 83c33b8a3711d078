import { SESSION_CALLS } from "@databox-cmk/protocol";
import { Stack } from "@databox-cmk/ui";
import {
  Avatar,
  Button,
  makeStyles,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  mergeClasses,
  Persona,
  Text,
  tokens,
} from "@fluentui/react-components";
import { SignOutRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { useSignedIn } from "../queries/session-context.ts";
import { ON_NARROW } from "../shell/breakpoints.ts";
import { useTexts } from "../texts/texts.ts";
import { useAction } from "../toasts/use-action.tsx";

const useStyles = makeStyles({
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

/** The signed-in person, and sign-out. */
export function AccountMenu({ className }: { readonly className: string }): ReactElement {
  const styles = useStyles();
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
      <MenuPopover>
        <Stack gap="XS" className={styles.persona}>
          <Persona name={session.name} secondaryText={session.userName} />
          <Text size={200}>{texts.session.tenant(session.tenantId)}</Text>
        </Stack>
        <MenuList>
          <MenuItem icon={<SignOutRegular />} onClick={() => signOut.mutate()}>
            {texts.session.signOut}
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
