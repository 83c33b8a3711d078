import { DownloadButton } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

/** The broker's signed statement that every wrapping of the unlock key is destroyed. */
export function ErasureReceipt({
  receipt,
  fileName,
}: {
  readonly receipt: string;
  readonly fileName: string;
}): ReactElement {
  const texts = useTexts();
  return (
    <>
      <Text>{texts.operator.operations.receipt}</Text>
      <div>
        <DownloadButton
          label={texts.operator.operations.downloadReceipt}
          fileName={fileName}
          mediaType="application/jose"
          content={receipt}
        />
      </div>
    </>
  );
}
