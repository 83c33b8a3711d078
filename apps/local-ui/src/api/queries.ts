import { localCertificate, localJournal } from "@databox-cmk/protocol";
import { queryOptions } from "@tanstack/react-query";

import type { Api } from "./create-api.ts";

export const journalQuery = (api: Api, last: number) =>
  queryOptions({
    queryKey: ["journal", last],
    queryFn: () => api.call("GET", `/api/journal?last=${String(last)}`, localJournal),
  });

export const certificateQuery = (api: Api) =>
  queryOptions({
    queryKey: ["certificate"],
    queryFn: () => api.call("GET", "/api/certificate", localCertificate),
  });
