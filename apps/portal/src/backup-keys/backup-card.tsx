import { BACKUP_KEY_CALLS, type BackupKeyView } from "@databox-cmk/protocol";
import { Facts, Notice, Row, Time } from "@databox-cmk/ui";
import { Button, Card, makeStyles, Text, tokens } from "@fluentui/react-components";
import { DeleteRegular, PlayRegular, StopRegular } from "@fluentui/react-icons";
import { type ReactElement, useState } from "react";

import { ConfirmDialog } from "../order/confirm-dialog.tsx";
import { OfferedTo } from "../order/read-only.tsx";
import { useOrderChange } from "../order/use-order.ts";
import { PersonName } from "../people/person-name.tsx";
import { useNames } from "../people/use-people.ts";
import { Copyable } from "../shell/copyable.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  card: { rowGap: tokens.spacingVerticalM },
});

type Wanted =
  | { readonly kind: "use"; readonly reason: string }
  | { readonly kind: "endUse" | "remove" };
const ACTIONS = { use: "useBackup", endUse: "endBackupUse", remove: "removeBackup" } as const;

/** One backup key, and its possible actions. */
export function BackupCard({ backup }: { readonly backup: BackupKeyView }): ReactElement {
  const styles = useStyles();
  const texts = useTexts().backupKeys;
  const [asking, setAsking] = useState<"use" | "remove">();
  const { name } = backup;
  const nameOf = useNames(backup.order === undefined ? [] : [backup.order.by]);
  const change = useOrderChange(
    ({ kind }: Wanted) => ACTIONS[kind],
    async (call, wanted) => {
      const params = { backupKey: name };
      if (wanted.kind === "use")
        await call(BACKUP_KEY_CALLS.use, { params, body: { reason: wanted.reason } });
      else await call(BACKUP_KEY_CALLS[wanted.kind], { params });
    },
  );
  return (
    <Card className={styles.card} role="group" aria-label={name}>
      <Text weight="semibold" size={400}>
        {name}
      </Text>
      <Facts
        columns={1}
        facts={[
          [texts.kind, texts.kinds[backup.kind]],
          [texts.key, <Copyable value={backup.kid} what={texts.key} />],
          [
            texts.identity,
            backup.identityProperties &&
              (backup.identityProperties.userAssigned?.resourceId.split("/").at(-1) ??
                texts.systemAssigned),
          ],
          [
            texts.added,
            <>
              <Time at={backup.createdAt} /> · <PersonName id={backup.createdBy} />
            </>,
          ],
        ]}
      />
      {backup.order !== undefined && (
        <Notice intent="warning">
          {texts.standsIn(nameOf(backup.order.by), backup.order.reason)}{" "}
          <Time at={backup.order.until} />
        </Notice>
      )}
      <QueryProblem error={change.error} />
      <Row>
        {backup.kind === "Vault" && backup.order === undefined && (
          <OfferedTo action="useBackupKeys">
            <Button
              icon={<PlayRegular />}
              disabledFocusable={change.isPending}
              onClick={() => setAsking("use")}
            >
              {texts.use.button}
            </Button>
          </OfferedTo>
        )}
        {backup.order !== undefined && (
          <OfferedTo action="useBackupKeys">
            <Button
              icon={<StopRegular />}
              disabledFocusable={change.isPending}
              onClick={() => change.mutate({ kind: "endUse" })}
            >
              {texts.endUse}
            </Button>
          </OfferedTo>
        )}
        <OfferedTo action="deleteBackupKeys">
          <Button
            icon={<DeleteRegular />}
            disabledFocusable={change.isPending}
            onClick={() => setAsking("remove")}
          >
            {texts.remove.button}
          </Button>
        </OfferedTo>
      </Row>
      {asking !== undefined && (
        <ConfirmDialog
          title={texts[asking].title(name)}
          text={texts[asking].text}
          label={texts[asking].label(name)}
          expected={asking === "remove" ? name : undefined}
          confirm={texts[asking].button}
          onConfirm={(typed) => {
            change.mutate(asking === "use" ? { kind: "use", reason: typed } : { kind: "remove" });
          }}
          onClose={() => setAsking(undefined)}
        />
      )}
    </Card>
  );
}
