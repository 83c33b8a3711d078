import { Text } from "@fluentui/react-components";
import { WrenchRegular } from "@fluentui/react-icons";
import { Outlet } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useIsOperator } from "../queries/session-context.ts";
import { OperatorPage } from "../shell/page.tsx";
import { useTexts } from "../texts/texts.ts";

/** Shows an operators' page to operators; anyone else is told so, and the page asks for nothing. */
export function OperatorGate(): ReactElement {
  const texts = useTexts().operator;
  if (useIsOperator()) return <Outlet />;
  return (
    <OperatorPage title={texts.onlyFor} icon={<WrenchRegular />}>
      <Text>{texts.onlyHint}</Text>
    </OperatorPage>
  );
}
