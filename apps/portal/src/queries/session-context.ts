import type { SessionView } from "@databox-cmk/protocol";
import { createContext, useContext } from "react";

import type { Client } from "../api/client.ts";
import type { PendingRequests } from "../api/pending-requests.ts";

export type SignedIn = {
  readonly session: SessionView;
  readonly client: Client;
  readonly pending: PendingRequests;
};

export const SignedInContext = createContext<SignedIn | undefined>(undefined);

/** The signed-in person, and the calls they may make. */
export function useSignedIn(): SignedIn {
  const signedIn = useContext(SignedInContext);
  if (signedIn === undefined) throw new RangeError("read outside of a session");
  return signedIn;
}

/** The person's tenant, and so their orders', is not the service's own, which has no right there. */
export function useIsOfCustomer(): boolean {
  return useSignedIn().session.tenancy === "customer";
}

const OPERATOR_APP_ROLE = "DataBox.Operator";

/** Whether operators' pages are shown; the service authorises each call. */
export function useIsOperator(): boolean {
  return useSignedIn().session.roles.includes(OPERATOR_APP_ROLE);
}
