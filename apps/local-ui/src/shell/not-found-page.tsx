import { EmptyState } from "@databox-cmk/ui";
import { DocumentSearchRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";
import { RouterLink } from "./router-link.tsx";

export function NotFoundPage(): ReactElement {
  const texts = useTexts();
  return (
    <EmptyState heading="h1" icon={<DocumentSearchRegular />} title={texts.shell.notFoundTitle}>
      <RouterLink to="/">{texts.shell.toOverview}</RouterLink>
    </EmptyState>
  );
}
