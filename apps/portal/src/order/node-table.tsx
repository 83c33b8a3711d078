import { Time } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";
import type { ReactElement } from "react";

import type { OrderNode } from "../api/nodes.ts";
import { LockBadge } from "../orders/lock-badge.tsx";
import { DataTable } from "../shell/data-table.tsx";
import { useTexts } from "../texts/texts.ts";

/** The nodes of an appliance, each locked separately. */
export function NodeTable({ nodes }: { readonly nodes: readonly OrderNode[] }): ReactElement {
  const texts = useTexts().order;
  const { lock } = useTexts().orders;
  if (nodes.length === 0) return <Text>{texts.noNodes}</Text>;
  return (
    <DataTable
      label={texts.nodesTitle}
      wideFrom={768}
      columns={[
        { heading: texts.serial, isMono: true, cell: ({ serial }) => serial },
        { heading: lock, cell: (node) => <LockBadge lock={node.lock} /> },
        {
          heading: texts.lastSeen,
          isWide: true,
          cell: ({ lastSeenAt }) =>
            lastSeenAt === undefined ? texts.neverSeen : <Time at={lastSeenAt} />,
        },
        {
          heading: texts.envelope,
          isWide: true,
          cell: ({ envelope }) =>
            envelope === undefined
              ? "–"
              : texts.generation(envelope.generation, envelope.acknowledgedGeneration),
        },
        {
          heading: texts.deviceKey,
          isWide: true,
          cell: ({ deviceKey }) =>
            deviceKey === undefined
              ? "–"
              : texts.deviceKeyGrade(deviceKey.grade, deviceKey.attested),
        },
      ]}
      rows={nodes}
      keyOf={({ serial }) => serial}
    />
  );
}
