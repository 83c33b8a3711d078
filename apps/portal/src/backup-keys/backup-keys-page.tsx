import { BACKUP_KEY_CALLS, type BackupKeyList } from "@databox-cmk/protocol";
import { EmptyState, LoadingState, Notice, Stack, Time } from "@databox-cmk/ui";
import { Button, Text } from "@fluentui/react-components";
import { AddRegular, KeyMultipleRegular } from "@fluentui/react-icons";
import { type ReactElement, useState } from "react";

import { OrderPage } from "../order/order-page.tsx";
import { OfferedTo } from "../order/read-only.tsx";
import { useOrder, useOrderPart } from "../order/use-order.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { AddBackupPanel } from "./add-backup-panel.tsx";
import { BackupCard } from "./backup-card.tsx";

const INTENTS = {
  Working: "success",
  Unreachable: "warning",
  Gone: "error",
  Refused: "error",
} as const satisfies Record<BackupKeyList["keyInForce"]["standing"], string>;
const MOST_BACKUPS = 3;

/** Further keys that open this order's envelopes, for the day on which the first vault is lost. */
export function BackupKeysPage(): ReactElement {
  const texts = useTexts().backupKeys;
  const order = useOrder();
  const [isAdding, setIsAdding] = useState(false);
  const backups = useOrderPart(BACKUP_KEY_CALLS.list);
  const { data } = backups;
  const isCustomers =
    order.data?.properties.details?.keyEncryptionKey.kekType === "CustomerManaged";
  return (
    <OrderPage section="backupKeys">
      <Stack gap="L" width="L">
        <Text>{texts.intro}</Text>
        {(backups.isPending || order.isPending) && <LoadingState />}
        <QueryProblem error={backups.error} onTryAgain={() => void backups.refetch()} />
        <QueryProblem error={order.error} onTryAgain={() => void order.refetch()} />
        {data !== undefined && isCustomers && (
          <CurrentKey currentKey={data.keyInForce} hasBackups={data.value.length > 0} />
        )}
        {data?.value.length === 0 && (
          <EmptyState icon={<KeyMultipleRegular />} title={texts.none}>
            <Text>{isCustomers ? texts.noneHint : texts.needsOwnKey}</Text>
          </EmptyState>
        )}
        {data?.value.map((backup) => (
          <BackupCard key={backup.name} backup={backup} />
        ))}
        {isCustomers && data !== undefined && (
          <OfferedTo action="writeBackupKeys">
            <Button
              appearance="primary"
              icon={<AddRegular />}
              disabled={data.value.length >= MOST_BACKUPS}
              onClick={() => setIsAdding(true)}
            >
              {texts.add}
            </Button>
          </OfferedTo>
        )}
        {isAdding && order.data !== undefined && (
          <AddBackupPanel
            order={order.data}
            takenNames={(data?.value ?? []).map(({ name: taken }) => taken)}
            onClose={() => setIsAdding(false)}
          />
        )}
      </Stack>
    </OrderPage>
  );
}

/** The state of the current key, which decides whether a backup may replace it. */
function CurrentKey({
  currentKey: { standing, code, since, backupFrom },
  hasBackups,
}: {
  readonly hasBackups: boolean;
  readonly currentKey: BackupKeyList["keyInForce"];
}): ReactElement {
  const texts = useTexts().backupKeys;
  return (
    <Notice
      intent={standing === "Working" && !hasBackups ? "info" : INTENTS[standing]}
      title={texts.standings[standing]}
    >
      {standing === "Working" && !hasBackups
        ? texts.workingWithoutBackup
        : texts.standingHints[standing]}
      {code !== undefined && ` ${code}.`}
      {since !== undefined && (
        <>
          {" "}
          {texts.since} <Time at={since} />.
        </>
      )}
      {backupFrom !== undefined && (
        <>
          {" "}
          {texts.backupFrom} <Time at={backupFrom} />.
        </>
      )}
    </Notice>
  );
}
