import {
  isIdentifier,
  isSameIdentifier,
  TENANT_CALLS,
  type TenantView,
} from "@databox-cmk/protocol";
import { EmptyState, Row, Stack, Time } from "@databox-cmk/ui";
import { Button, Text, ToolbarButton } from "@fluentui/react-components";
import { AddRegular, BuildingRegular } from "@fluentui/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import type { Client } from "../../api/client.ts";
import { ConfirmDialog } from "../../order/confirm-dialog.tsx";
import { PersonName } from "../../people/person-name.tsx";
import { QUERY_KEYS } from "../../queries/query-keys.ts";
import { useSignedIn } from "../../queries/session-context.ts";
import { usePart } from "../../queries/use-part.ts";
import { CommandBar, RefreshButton } from "../../shell/command-bar.tsx";
import { DataTable } from "../../shell/data-table.tsx";
import { TextField } from "../../shell/fields.tsx";
import { FormDialog } from "../../shell/form-dialog.tsx";
import { OperatorPage } from "../../shell/page.tsx";
import { QueryProblem, QueryState } from "../../shell/query-problem.tsx";
import { useTexts } from "../../texts/texts.ts";
import { useAction } from "../../toasts/use-action.tsx";

type Asking = {
  readonly command: "connect" | "addSubscription" | "disconnect";
  /** Undefined: one that is not in the list yet. */
  readonly tenant?: TenantView;
};

/** Customers whose people, identities and vaults are in an Entra tenant of their own. */
export function OrganizationsPage(): ReactElement {
  const words = useTexts().operator.organizations;
  const tenants = usePart(TENANT_CALLS.list, { params: {} }, { select: ({ value }) => value });
  const connect = useTenantChange(
    "connectTenant",
    (client, { tenantId, name }: Pick<TenantView, "tenantId" | "name">) =>
      client.call(TENANT_CALLS.connect, { params: { tenantId }, body: { name } }),
  );
  const addSubscription = useTenantChange(
    "addTenantSubscription",
    (client, params: { readonly tenantId: string; readonly subscriptionId: string }) =>
      client.call(TENANT_CALLS.addSubscription, { params }),
  );
  const disconnect = useTenantChange("disconnectTenant", (client, tenantId: string) =>
    client.call(TENANT_CALLS.disconnect, { params: { tenantId } }),
  );
  const [asking, setAsking] = useState<Asking>();
  const close = () => setAsking(undefined);
  const isBusy = [connect, addSubscription, disconnect].some(({ isPending }) => isPending);
  const known = tenants.data ?? [];
  return (
    <OperatorPage title={words.title} icon={<BuildingRegular />}>
      <Stack gap="L">
        <CommandBar>
          <ToolbarButton
            icon={<AddRegular />}
            disabledFocusable={isBusy || tenants.data === undefined}
            onClick={() => setAsking({ command: "connect" })}
          >
            {words.connect}
          </ToolbarButton>
          <RefreshButton of={tenants} />
        </CommandBar>
        <Text>{words.text}</Text>
        <QueryProblem error={connect.error} />
        <QueryProblem error={addSubscription.error} />
        <QueryProblem error={disconnect.error} />
        <QueryState of={tenants} />
        {tenants.data?.length === 0 && (
          <EmptyState icon={<BuildingRegular />} title={words.emptyTitle}>
            <Text>{words.empty}</Text>
          </EmptyState>
        )}
        {known.length > 0 && <TenantTable tenants={known} isBusy={isBusy} onAsk={setAsking} />}
      </Stack>
      {asking?.command === "connect" && (
        <ConnectDialog
          tenant={asking.tenant}
          known={known}
          onConfirm={(tenant) => {
            close();
            connect.mutate(tenant);
          }}
          onClose={close}
        />
      )}
      {asking?.command === "addSubscription" && asking.tenant !== undefined && (
        <SubscriptionDialog
          tenant={asking.tenant}
          onConfirm={(params) => {
            close();
            addSubscription.mutate(params);
          }}
          onClose={close}
        />
      )}
      {asking?.command === "disconnect" && asking.tenant !== undefined && (
        <DisconnectDialog tenant={asking.tenant} onConfirm={disconnect.mutate} onClose={close} />
      )}
    </OperatorPage>
  );
}

function useTenantChange<Variables>(
  action: "connectTenant" | "addTenantSubscription" | "disconnectTenant",
  change: (client: Client, variables: Variables) => Promise<unknown>,
) {
  const { client } = useSignedIn();
  const queryClient = useQueryClient();
  return useAction(action, {
    mutationFn: (variables: Variables) => change(client, variables),
    onSettled: () => queryClient.invalidateQueries({ queryKey: QUERY_KEYS.operator() }),
  });
}

function TenantTable({
  tenants,
  isBusy,
  onAsk,
}: {
  readonly tenants: readonly TenantView[];
  readonly isBusy: boolean;
  readonly onAsk: (asking: Asking) => void;
}): ReactElement {
  const texts = useTexts();
  const words = texts.operator.organizations;
  return (
    <DataTable
      label={words.title}
      size="medium"
      columns={[
        {
          heading: words.name,
          cell: ({ name, tenantId }) => (
            <Stack gap="XS">
              <Text weight="semibold">{name}</Text>
              <Text size={200}>{tenantId}</Text>
            </Stack>
          ),
        },
        { heading: words.state, cell: ({ state }) => words.states[state] },
        { heading: words.since, isWide: true, cell: ({ changedAt }) => <Time at={changedAt} /> },
        { heading: words.by, isWide: true, cell: ({ changedBy }) => <PersonName id={changedBy} /> },
        {
          heading: texts.orders.commands,
          cell: (tenant) => {
            const commands =
              tenant.state === "connected"
                ? (["addSubscription", "disconnect"] as const)
                : (["connect"] as const);
            return (
              <Row>
                {commands.map((command) => {
                  const label = words.commands[command];
                  return (
                    <Button
                      key={command}
                      size="small"
                      disabledFocusable={isBusy}
                      aria-label={`${label}: ${tenant.name}`}
                      onClick={() => onAsk({ command, tenant })}
                    >
                      {label}
                    </Button>
                  );
                })}
              </Row>
            );
          },
        },
      ]}
      rows={tenants}
      keyOf={({ tenantId }) => tenantId}
    />
  );
}

type DialogOf<Confirmed> = {
  readonly onConfirm: (confirmed: Confirmed) => void;
  readonly onClose: () => void;
};

/** Connects a new tenant, or one that was disconnected, whose id stays. */
function ConnectDialog({
  tenant,
  known,
  onConfirm,
  onClose,
}: DialogOf<Pick<TenantView, "tenantId" | "name">> & {
  readonly tenant: TenantView | undefined;
  readonly known: readonly TenantView[];
}): ReactElement {
  const words = useTexts().operator.organizations;
  const [name, setName] = useState(tenant?.name ?? "");
  const [typed, setTyped] = useState(tenant?.tenantId ?? "");
  const tenantId = typed.trim();
  const isKnown = known.some((each) => isSameIdentifier(each.tenantId, tenantId));
  const problem = isIdentifier("tenantId", tenantId) ? isKnown && words.known : words.notAnId;
  const idProblem = tenant === undefined && problem !== false ? problem : undefined;
  return (
    <FormDialog
      title={words.connect}
      confirm={words.confirmConnect}
      modalType="modal"
      isReady={name.trim() !== "" && idProblem === undefined}
      onConfirm={() => onConfirm({ tenantId, name: name.trim() })}
      onClose={onClose}
    >
      {words.connectText}
      <TextField label={words.name} isRequired maxLength={128} value={name} onChange={setName} />
      <TextField
        label={words.tenantId}
        hint={words.tenantIdHint}
        isRequired
        disabled={tenant !== undefined}
        problem={typed === "" ? undefined : idProblem}
        value={typed}
        onChange={setTyped}
      />
    </FormDialog>
  );
}

function SubscriptionDialog({
  tenant: { name, tenantId },
  onConfirm,
  onClose,
}: DialogOf<{ readonly tenantId: string; readonly subscriptionId: string }> & {
  readonly tenant: TenantView;
}): ReactElement {
  const words = useTexts().operator.organizations;
  const [typed, setTyped] = useState("");
  const subscriptionId = typed.trim();
  const isReady = isIdentifier("subscriptionId", subscriptionId);
  return (
    <FormDialog
      title={words.subscriptionTitle(name)}
      confirm={words.confirmSubscription}
      modalType="modal"
      isReady={isReady}
      onConfirm={() => onConfirm({ tenantId, subscriptionId })}
      onClose={onClose}
    >
      {words.subscriptionText}
      <TextField
        label={words.subscriptionId}
        isRequired
        problem={typed === "" || isReady ? undefined : words.notAnId}
        value={typed}
        onChange={setTyped}
      />
    </FormDialog>
  );
}

function DisconnectDialog({
  tenant: { name, tenantId },
  onConfirm,
  onClose,
}: DialogOf<string> & { readonly tenant: TenantView }): ReactElement {
  const texts = useTexts();
  const words = texts.operator.organizations;
  const expected = tenantId.slice(0, 8);
  return (
    <ConfirmDialog
      title={words.disconnectTitle(name)}
      text={words.disconnectText}
      label={texts.loud.typeName(expected)}
      expected={expected}
      confirm={words.commands.disconnect}
      onConfirm={() => onConfirm(tenantId)}
      onClose={onClose}
    />
  );
}
