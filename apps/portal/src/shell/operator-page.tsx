import type { ComponentProps, ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";
import { Page } from "./page.tsx";

/** A page of the operator's section. */
export function OperatorPage(page: ComponentProps<typeof Page>): ReactElement {
  const texts = useTexts();
  return <Page subtitle={texts.operator.title} {...page} />;
}
