import { JOB_CALLS, type JobResource } from "@databox-cmk/protocol";
import { Facts, Notice, Stack } from "@databox-cmk/ui";
import { Button, makeStyles, Text } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import {
  type ChosenIdentity,
  decideSystemIdentity,
  hasSystemIdentity,
  NO_IDENTITY,
} from "../core/key-choice.ts";
import { Consequences } from "../order/consequences.tsx";
import { useOrderChange, useOrderName } from "../order/use-order.ts";
import { useIsOfCustomer } from "../queries/session-context.ts";
import { AlertDialog } from "../shell/alert-dialog.tsx";
import { Radios } from "../shell/fields.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { SelectIdentityPanel } from "./select-identity-panel.tsx";

const useStyles = makeStyles({
  choice: { alignItems: "start" },
});

/** A system-assigned identity would be of the service's tenant; the order of a customer's has none. */
export const useFirstIdentity = (): ChosenIdentity | undefined =>
  useIsOfCustomer() ? undefined : { type: "SystemAssigned" };

/** The managed identity that calls the vault for this order. */
export function IdentityChoice({
  order,
  identity,
  isNeeded,
  isUsable = false,
  onChange,
}: {
  readonly order: JobResource;
  readonly identity: ChosenIdentity | undefined;
  /** The current key is the customer's, so that an order without identity cannot use it. */
  readonly isNeeded: boolean;
  /** Every check of the key with this identity passed. */
  readonly isUsable?: boolean;
  readonly onChange: (identity: ChosenIdentity) => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { subscriptionId } = useOrderName();
  const [isSelecting, setIsSelecting] = useState(false);
  const isOfCustomer = useIsOfCustomer();
  const type = identity?.type ?? "UserAssigned";
  const userId = identity?.type === "UserAssigned" ? identity.resourceId : undefined;
  return (
    <Stack gap="S" className={styles.choice}>
      <Radios
        label={texts.encryption.identityType}
        hint={isOfCustomer ? texts.encryption.onlyUserIdentity : texts.encryption.identityHint}
        values={isOfCustomer ? ["UserAssigned"] : ["SystemAssigned", "UserAssigned"]}
        names={{
          SystemAssigned: texts.encryption.systemAssigned,
          UserAssigned: texts.encryption.userAssigned,
        }}
        value={type}
        onChange={(chosen) => {
          if (chosen === "UserAssigned") setIsSelecting(true);
          else onChange({ type: chosen });
        }}
      />
      {userId !== undefined && <Text>{userId.split("/").at(-1)}</Text>}
      {type === "UserAssigned" && (
        <Button onClick={() => setIsSelecting(true)}>
          {userId === undefined
            ? texts.encryption.selectIdentity
            : texts.encryption.selectOtherIdentity}
        </Button>
      )}
      {isNeeded && order.identity.type === "None" && (
        <Notice intent="warning">{texts.encryption.noIdentity}</Notice>
      )}
      {type === "SystemAssigned" && <SystemIdentity order={order} isUsable={isUsable} />}
      {isNeeded && order.identity.type !== "None" && <RemoveIdentity />}
      {isSelecting && (
        <SelectIdentityPanel
          subscriptionId={subscriptionId}
          start={userId}
          onSelect={(resourceId) => {
            onChange({ type: "UserAssigned", resourceId });
            setIsSelecting(false);
          }}
          onClose={() => setIsSelecting(false)}
        />
      )}
    </Stack>
  );
}

/** It must exist before it can get rights on a key. */
function SystemIdentity({
  order,
  isUsable,
}: {
  readonly order: JobResource;
  readonly isUsable: boolean;
}): ReactElement {
  const texts = useTexts();
  const enable = useOrderChange("enableIdentity", (call) =>
    call(JOB_CALLS.patch, { body: decideSystemIdentity(order.identity) }),
  );
  if (hasSystemIdentity(order.identity))
    return (
      <>
        <Facts facts={[[texts.encryption.principalId, order.identity.principalId ?? ""]]} />
        {enable.isSuccess && !isUsable && <Text>{texts.encryption.newPrincipal}</Text>}
      </>
    );
  return (
    <>
      <Text>{texts.encryption.noSystemIdentity}</Text>
      <QueryProblem error={enable.error} />
      <Button onClick={() => enable.mutate()} disabledFocusable={enable.isPending}>
        {enable.isPending ? texts.encryption.enabling : texts.encryption.enableSystemIdentity}
      </Button>
    </>
  );
}

/** Azure's identity type None: the key cannot be used until an identity has rights again. */
function RemoveIdentity(): ReactElement {
  const texts = useTexts().encryption;
  const [isAsking, setIsAsking] = useState(false);
  const remove = useOrderChange("removeIdentity", (call) =>
    call(JOB_CALLS.patch, { body: NO_IDENTITY }),
  );
  return (
    <>
      <QueryProblem error={remove.error} />
      <Button disabledFocusable={remove.isPending} onClick={() => setIsAsking(true)}>
        {texts.removeIdentity.button}
      </Button>
      {isAsking && (
        <AlertDialog
          title={texts.removeIdentity.title}
          text={
            <>
              <p>{texts.removeIdentity.text}</p>
              <Consequences of="key" />
            </>
          }
          onDismiss={() => setIsAsking(false)}
        >
          <Button
            appearance="primary"
            onClick={() => {
              setIsAsking(false);
              remove.mutate();
            }}
          >
            {texts.removeIdentity.confirm}
          </Button>
          <Button onClick={() => setIsAsking(false)}>{texts.cancel}</Button>
        </AlertDialog>
      )}
    </>
  );
}
