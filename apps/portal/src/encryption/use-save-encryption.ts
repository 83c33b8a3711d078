import type { JobResource } from "@databox-cmk/protocol";

import { patchOrder } from "../api/orders.ts";
import { type ChosenIdentity, type ChosenKey, decideKeyChange } from "../core/key-choice.ts";
import { useOrderName, useRefreshOrder } from "../order/use-order.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { useAction } from "../toasts/use-action.tsx";

/** A customer's key and its identity, or the service's own key. */
export type WantedEncryption =
  | { readonly key: ChosenKey; readonly identity: ChosenIdentity }
  | "MicrosoftManaged";

/** Puts a key in force, and reads the order again. */
export function useSaveEncryption(order: JobResource) {
  const { client } = useSignedIn();
  const name = useOrderName();
  const refresh = useRefreshOrder();
  return useAction("changeEncryption", {
    mutationFn: (wanted: WantedEncryption) =>
      patchOrder(
        client,
        name,
        wanted === "MicrosoftManaged"
          ? { properties: { details: { keyEncryptionKey: { kekType: "MicrosoftManaged" } } } }
          : decideKeyChange(order.identity, wanted.key, wanted.identity),
      ),
    onSuccess: refresh,
  });
}
