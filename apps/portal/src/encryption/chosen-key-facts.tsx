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
        [texts.keyChain.parts.vault, chosen.vaultName],
        [texts.keyChain.parts.key, chosen.keyName],
        [
          texts.keyChain.parts.version,
          chosen.version === "" ? texts.encryption.followsNewest : chosen.version,
        ],
        [
          texts.encryption.keyUrl,
          <>
            <span className={styles.url}>{url}</span>
            <CopyButton value={url} what={texts.encryption.keyUrl} />
          </>,
        ],
      ]}
    />
  );
}
