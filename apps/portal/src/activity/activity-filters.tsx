import { ACTIVITY_CALLS, type ActivityEntry, EVIDENCE_FILES, PATHS } from "@databox-cmk/protocol";
import { saveFile } from "@databox-cmk/ui";
import {
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Spinner,
  ToolbarButton,
} from "@fluentui/react-components";
import { ArrowDownloadRegular, ShieldCheckmarkRegular } from "@fluentui/react-icons";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import * as z from "zod/mini";

import { readEveryPage } from "../api/read-every-page.ts";
import {
  activityFilterOf,
  type ActivitySearch,
  parseActivitySearch,
} from "../core/activity-search.ts";
import { upToEnd } from "../core/read-message.ts";
import { renderCsv } from "../core/render-csv.ts";
import { useOrderName } from "../order/use-order.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { CommandBar, type Refreshable, RefreshButton } from "../shell/command-bar.tsx";
import { ClearFilters, Filter, FilterBar, SearchFilter } from "../shell/filters.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { ORDER } from "../shell/router-link.tsx";
import type { Texts } from "../texts/en.ts";
import { useTexts } from "../texts/texts.ts";
import { actionName, actorName } from "./actor-name.ts";

const FILTER_NAMES = ["kind", "outcome", "span"] as const;

/** Commands and filters of the activity; the filters are part of the address. */
export function ActivityFilters({
  search,
  shown,
}: {
  readonly search: ActivitySearch;
  /** The shown page of the activity. */
  readonly shown: Refreshable;
}): ReactElement {
  const texts = useTexts();
  const navigate = useNavigate({ from: `${ORDER}/activity` });
  const { mutate: save, isPending: isExporting, error } = useExport(search);
  const evidence = useEvidencePackage();
  const apply = (change: Record<string, string | undefined>) => {
    void navigate({ search: parseActivitySearch({ ...search, ...change }), replace: true });
  };
  return (
    <>
      <CommandBar>
        <RefreshButton of={shown} />
        <Menu>
          <MenuTrigger disableButtonEnhancement>
            <ToolbarButton
              icon={isExporting ? <Spinner size="tiny" aria-hidden /> : <ArrowDownloadRegular />}
              disabledFocusable={isExporting}
            >
              {isExporting ? texts.activity.exporting : texts.activity.export}
            </ToolbarButton>
          </MenuTrigger>
          <MenuPopover>
            <MenuList>
              <MenuItem subText={texts.activity.exportLinesHint} onClick={() => save("lines")}>
                {texts.activity.exportLines}
              </MenuItem>
              <MenuItem subText={texts.activity.exportCsvHint} onClick={() => save("csv")}>
                {texts.activity.exportCsv}
              </MenuItem>
            </MenuList>
          </MenuPopover>
        </Menu>
        <ToolbarButton
          icon={
            evidence.isPending ? <Spinner size="tiny" aria-hidden /> : <ShieldCheckmarkRegular />
          }
          disabledFocusable={evidence.isPending}
          onClick={() => evidence.mutate()}
        >
          {texts.activity.evidence}
        </ToolbarButton>
        <ClearFilters
          isFiltered={Object.keys(search).length > 0}
          onClear={() => void navigate({ search: {}, replace: true })}
        />
      </CommandBar>
      <QueryProblem error={error ?? evidence.error} />
      <FilterBar
        active={FILTER_NAMES.filter((name) => search[name] !== undefined).length}
        search={
          <SearchFilter
            label={texts.activity.search}
            value={search.search ?? ""}
            onChange={(value) => apply({ search: value })}
          />
        }
      >
        <Filter
          label={texts.activity.kind}
          value={search.kind}
          names={texts.activity.kinds}
          all={texts.orders.all}
          onChange={(kind) => apply({ kind })}
        />
        <Filter
          label={texts.activity.columns.result}
          value={search.outcome}
          names={texts.activity.outcomes}
          all={texts.orders.all}
          onChange={(outcome) => apply({ outcome })}
        />
        <Filter
          label={texts.activity.span}
          value={search.span}
          names={texts.activity.spans}
          all={texts.activity.anyTime}
          onChange={(span) => apply({ span })}
        />
      </FilterBar>
    </>
  );
}

/** `lines`: the whole chain, each row as it was hashed, for `audit verify --export`; `csv`: the filtered rows, for reading. */
type ExportForm = "lines" | "csv";

function useExport(search: ActivitySearch) {
  const texts = useTexts();
  const { client } = useSignedIn();
  const name = useOrderName();
  return useMutation({
    mutationFn: async (form: ExportForm) => {
      const fileName = `${name.jobName}-activity`;
      if (form === "lines") {
        const chain = await readEveryPage((position) =>
          client.call(ACTIVITY_CALLS.list, { params: name, query: { $skipToken: position } }),
        );
        const lines = chain.map((entry) => `${JSON.stringify(entry)}\n`).join("");
        saveFile(`${fileName}.jsonl`, "application/jsonl", lines);
        return;
      }
      const filter = activityFilterOf(search, Date.now());
      const entries = await readEveryPage((position) =>
        client.call(ACTIVITY_CALLS.view, {
          params: name,
          query: { ...filter, $skipToken: position },
        }),
      );
      saveFile(`${fileName}.csv`, "text/csv", activityCsv(entries, texts.activity));
    },
  });
}

/** Rows for a spreadsheet: times in UTC, codes unchanged. */
function activityCsv(entries: readonly ActivityEntry[], texts: Texts["activity"]): string {
  const { columns } = texts;
  return renderCsv([
    [
      "#",
      `${columns.when} (UTC)`,
      columns.what,
      columns.who,
      columns.from,
      columns.node,
      columns.keyVersion,
      columns.result,
      texts.code,
      texts.reason,
      texts.correlationId,
    ],
    ...entries.map(({ sequence, at, row }) => [
      String(sequence),
      new Date(at).toISOString(),
      actionName(row, texts),
      actorName(row, texts),
      row.actor.address ?? "",
      row.serial ?? row.actor.serial ?? "",
      row.kid ?? "",
      texts.outcomes[row.outcome],
      row.code ?? "",
      row.reason ?? "",
      row.correlationId ?? "",
    ]),
  ]);
}

const keySet = z.looseObject({ keys: z.array(z.looseObject({})) });

/** Saves everything that an auditor verifies without the service, as one archive. */
function useEvidencePackage() {
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
