import { CopyButton, Facts } from "@databox-cmk/ui";
import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { type ChosenKey, keyUrlOf } from "../core/key-choice.ts";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  url: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
});

/** Key vault, key and version, and the URL of the key. */
export function ChosenKeyFacts({ chosen }: { readonly chosen: ChosenKey }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const url = keyUrlOf(chosen);
  return (
    <Facts
      columns={1}
      facts={[
        { label: texts.keyChain.parts.vault, value: chosen.vaultName },
        { label: texts.keyChain.parts.key, value: chosen.keyName },
        {
          label: texts.keyChain.parts.version,
          value: chosen.version === "" ? texts.encryption.followsNewest : chosen.version,
        },
        {
          label: texts.encryption.keyUrl,
          value: (
            <>
              <span className={styles.url}>{url}</span>
              <CopyButton value={url} what={texts.encryption.keyUrl} />
            </>
          ),
        },
      ]}
    />
  );
}
