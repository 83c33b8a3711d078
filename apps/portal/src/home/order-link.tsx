import { Text } from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

import { parseOrderId } from "../core/arm-path.ts";
import { ORDER, RouterLink } from "../shell/router-link.tsx";

const PAGES = {
  approvals: `${ORDER}/approvals`,
  keyHealth: `${ORDER}/key-health`,
  overview: ORDER,
} as const;

/** To the page where a person can act; operators act on the operations page. */
export function OrderLink({
  orderId,
  page,
  isOperator,
  children,
}: {
  readonly orderId: string;
  readonly page: keyof typeof PAGES;
  readonly isOperator: boolean;
  readonly children: ReactNode;
}): ReactElement {
  const params = parseOrderId(orderId);
  if (params === undefined) return <Text>{children}</Text>;
  return (
    <RouterLink to={isOperator ? `${ORDER}/operations` : PAGES[page]} params={params}>
      {children}
    </RouterLink>
  );
}
