import { permissionsView } from "@databox-cmk/protocol";

import type { Client } from "./client.ts";

/**
 * Which actions the reader's roles allow.
 *
 * @param scope - resource id of an order or of a subscription; the order need not exist
 */
export async function readPermissions(
  client: Client,
  scope: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const path = `/portal/api/permissions${scope}`;
  const { actions } = await client.read(path, permissionsView, { signal });
  return new Set(actions);
}
