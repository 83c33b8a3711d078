import { namesOf } from "@databox-cmk/errors";

import { RECORD_KEYS, type RecordKind } from "../core/model.ts";
import type { EmulatorState } from "./emulator-state.ts";

/**
 * All records as they are now. The signing keys of tokens are not among them: a token that a client
 * holds stays valid.
 *
 * @returns what brings them back, and removes the records that came later.
 */
export function keepRecords(state: EmulatorState): () => void {
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- ties a record to its kind
  const keep = <K extends RecordKind>(kind: K) => {
    const kept = state.list(kind);
    return () => {
      for (const record of state.list(kind)) state.delete(kind, RECORD_KEYS[kind](record));
      for (const record of kept) state.put(kind, record);
    };
  };
  const kinds = namesOf(RECORD_KEYS)
    .filter((kind) => kind !== "issuerKey")
    .map((kind) => keep(kind));
  return () => state.transaction(() => kinds.forEach((bringBack) => bringBack()));
}
