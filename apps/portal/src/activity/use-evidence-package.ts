import { ACTIVITY_CALLS, EVIDENCE_FILES, PATHS } from "@databox-cmk/protocol";
import { saveFile } from "@databox-cmk/ui";
import { useMutation } from "@tanstack/react-query";
import * as z from "zod/mini";

import { readEveryPage } from "../api/read-every-page.ts";
import { upToEnd } from "../core/read-message.ts";
import { useOrderName } from "../order/use-order.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { useTexts } from "../texts/texts.ts";

const keySet = z.looseObject({ keys: z.array(z.looseObject({})) });

/** Saves everything that an auditor verifies without the service, as one archive. */
export function useEvidencePackage() {
  const texts = useTexts().activity;
  const { client } = useSignedIn();
  const name = useOrderName();
  return useMutation({
    mutationFn: async () => {
      const { zipSync, strToU8 } = await import("fflate");
      let head: string | undefined;
      const rows = await readEveryPage(async (position) => {
        const page = await client.call(ACTIVITY_CALLS.list, {
          params: name,
          query: { $skipToken: position },
        });
        head ??= page.head;
        return page;
      });
      // Rows that were added meanwhile follow the end that the first page has.
      const chain = upToEnd(rows, head);
      const keys = await client.read(PATHS.ownKeys, keySet);
      const certificate = chain.findLast(({ row }) => row["certificate"] !== undefined)?.row;
      const file = `${name.jobName}-evidence.zip`;
      const letter = texts.coverLetter({
        order: String(chain[0]?.row["chain"]),
        madeAt: new Date().toISOString(),
        service: location.origin,
        rows: chain.length,
        isErased: certificate !== undefined,
        file,
      });
      const parts: readonly (readonly [string, string | undefined])[] = [
        [EVIDENCE_FILES.letter, letter],
        [EVIDENCE_FILES.activity, chain.map((entry) => `${JSON.stringify(entry)}\n`).join("")],
        [EVIDENCE_FILES.head, head],
        [EVIDENCE_FILES.keys, JSON.stringify(keys)],
        [EVIDENCE_FILES.certificate, certificate && String(certificate["certificate"])],
      ];
      const archive = parts.flatMap(([path, text]) =>
        text === undefined ? [] : [[path, strToU8(text)] as const],
      );
      saveFile(file, "application/zip", zipSync(Object.fromEntries(archive)));
    },
  });
}
