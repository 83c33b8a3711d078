import { Section, Time } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { readOfflineUnlocks } from "../api/offline-unlocks.ts";
import { useOrderPart } from "../order/use-order.ts";
import { PersonName } from "../people/person-name.tsx";
import { DataTable } from "../shell/data-table.tsx";
import { QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { leaseName } from "./lease-name.ts";

/** Answers that people carried away, and the remaining number of today. */
export function GivenAnswers(): ReactElement {
  const texts = useTexts().unlock;
  const given = useOrderPart("offlineUnlocks", readOfflineUnlocks);
  return (
    <Section title={texts.givenTitle}>
      <QueryState of={given} />
      {given.data !== undefined && (
        <Text>{texts.usedToday(given.data.usedToday, given.data.limitPerDay)}</Text>
      )}
      {given.data?.value.length === 0 && <Text>{texts.noneGiven}</Text>}
      {given.data !== undefined && given.data.value.length > 0 && (
        <DataTable
          label={texts.givenTitle}
          wideFrom={768}
          columns={[
            { heading: texts.given, cell: ({ at }) => <Time at={at} /> },
            { heading: texts.node, cell: ({ serial }) => serial },
            { heading: texts.by, cell: ({ by }) => <PersonName id={by} /> },
            { heading: texts.reason, isWide: true, cell: ({ reason = "–" }) => reason },
            { heading: texts.lease, isWide: true, cell: ({ lease }) => leaseName(lease, texts) },
            {
              heading: texts.receipt,
              isWide: true,
              cell: ({ receipt = texts.noReceipt }) => receipt,
            },
          ]}
          rows={given.data.value}
          keyOf={({ challengeId }) => challengeId}
        />
      )}
    </Section>
  );
}
