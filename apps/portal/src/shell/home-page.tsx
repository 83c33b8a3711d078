import { Navigate } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useIsOperator } from "../queries/session-context.ts";

/** Operators begin with the orders of all customers; they may have no role on any of them. */
export function HomePage(): ReactElement {
  return <Navigate to={useIsOperator() ? "/operator/orders" : "/orders"} replace />;
}
