import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { journalQuery } from "../api/queries.ts";
import { useNode } from "../state/node-context.ts";

/**
 * Rows of the journal; read again after a change of the lock or the end of an operation, which
 * write rows.
 */
export function useJournal(last: number) {
  const { api, state } = useNode();
  const queryClient = useQueryClient();
  const { lock, operation } = state;
  const written = `${lock.kind} ${lock.since} ${operation?.id ?? ""} ${operation?.outcome ?? ""}`;
  useEffect(() => {
    void queryClient.invalidateQueries({ queryKey: ["journal"] });
  }, [written, queryClient]);
  return useQuery(journalQuery(api, last));
}
