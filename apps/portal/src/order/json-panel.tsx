import { CopyButton } from "@databox-cmk/ui";
import { Button, makeStyles, Text, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { SidePanel } from "../shell/side-panel.tsx";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  head: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalXS },
  json: {
    margin: 0,
    padding: tokens.spacingHorizontalM,
    backgroundColor: tokens.colorNeutralBackground3,
    fontSize: tokens.fontSizeBase200,
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
  },
});

/** The resource as Resource Manager answers it, for scripts and support. */
export function JsonPanel({
  value,
  onClose,
}: {
  readonly value: { readonly id: string };
  readonly onClose: () => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.order.json;
  const text = JSON.stringify(value, undefined, 2);
  return (
    <SidePanel
      title={words.title}
      onClose={onClose}
      footer={<Button onClick={onClose}>{texts.ui.close}</Button>}
    >
      <div className={styles.head}>
        <Text>{words.text}</Text>
        <CopyButton value={text} what={words.title} />
      </div>
      <pre className={styles.json} lang="en" translate="no">
        <code>{text}</code>
      </pre>
    </SidePanel>
  );
}
