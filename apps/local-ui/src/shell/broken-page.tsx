import { EmptyState } from "@databox-cmk/ui";
import { Button } from "@fluentui/react-components";
import { WarningRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

/** A fault of the page itself; the appliance is not affected. */
export function BrokenPage(): ReactElement {
  const texts = useTexts();
  return (
    <EmptyState icon={<WarningRegular />} title={texts.shell.brokenTitle}>
      <p>{texts.shell.broken}</p>
      <Button
        appearance="primary"
        onClick={() => {
          location.reload();
        }}
      >
        {texts.shell.reload}
      </Button>
    </EmptyState>
  );
}
