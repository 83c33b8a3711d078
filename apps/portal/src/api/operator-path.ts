import { orderId, type OrderName, type Query, searchOf } from "./arm-path.ts";

/** A path of the operator's API in the form that the portal's server accepts. */
export function operatorPath(path: string, query: Query = {}): string {
  const search = searchOf(query).toString();
  return `/portal/api/operator/v1${path}${search === "" ? "" : `?${search}`}`;
}

export function operatorOrderPath(name: OrderName, action = ""): string {
  return operatorPath(`${orderId(name)}${action === "" ? "" : `/${action}`}`);
}
