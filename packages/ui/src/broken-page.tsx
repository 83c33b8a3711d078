import { Button } from "@fluentui/react-components";
import { WarningRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { EmptyState } from "./page-states.tsx";
import { useUiTexts } from "./texts/ui-texts-context.ts";

/** Replaces a page that failed while it was rendered: a fault of the page itself. */
export function BrokenPage({ text }: { readonly text: string }): ReactElement {
  const texts = useUiTexts();
  return (
    <div role="alert">
      <EmptyState heading="h1" icon={<WarningRegular />} title={texts.broken.title}>
        <p>{text}</p>
        <Button appearance="primary" onClick={() => location.reload()}>
          {texts.broken.reload}
        </Button>
      </EmptyState>
    </div>
  );
}
