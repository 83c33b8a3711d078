import type { ReactElement, ReactNode } from "react";

import { useTexts } from "../texts/texts.ts";
import { Page } from "./page.tsx";

/** A page of the operator's section. */
export function OperatorPage({
  title,
  subtitle,
  icon,
  trail = [],
  children,
}: {
  readonly title: string;
  readonly subtitle?: string;
  readonly icon: ReactNode;
  /** Pages between the section and this one. */
  readonly trail?: readonly ReactElement[];
  readonly children: ReactNode;
}): ReactElement {
  const texts = useTexts();
  return (
    <Page title={title} subtitle={subtitle ?? texts.operator.title} icon={icon} trail={trail}>
      {children}
    </Page>
  );
}
