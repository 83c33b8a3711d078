import { isSameIdentifier, type JobResource, type VerdictView } from "@databox-cmk/protocol";
import { CopyButton, Facts, Section, Stack, textOf, Time } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { Causes } from "../next-step/causes.tsx";
import { HealthBadge, LockBadge, ShippingBadge } from "../order/badges.tsx";
import { ErasureSection } from "../order/erasure-section.tsx";
import { KeyChain } from "../order/key-chain.tsx";
import { OrderCommands } from "../order/order-commands.tsx";
import { OrderPage } from "../order/order-page.tsx";
import { StageTimeline } from "../order/stage-timeline.tsx";
import {
  type OrderNode,
  useKeyHealth,
  useNodes,
  useOrder,
  useOrderName,
  useVerdict,
} from "../order/use-order.ts";
import { useSubscriptions } from "../queries/use-subscriptions.ts";
import { DataTable } from "../shell/data-table.tsx";
import { QueryProblem, QueryState } from "../shell/query-problem.tsx";
import { ORDER, RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";

/** The order, its stage, and the state of its key. */
export function OverviewPage(): ReactElement {
  const texts = useTexts();
  const order = useOrder();
  const nodes = useNodes();
  const health = useKeyHealth();
  const verdict = useVerdict();
  return (
    <OrderPage section="overview">
      <QueryState of={order} />
      {order.data !== undefined && (
        <Stack gap="L">
          <OrderCommands order={order.data} />
          {verdict.data !== undefined && <Causes verdict={verdict.data} />}
          <Essentials order={order.data} />
          {verdict.data?.shipping !== undefined && <Shipping shipping={verdict.data.shipping} />}
          <Section title={texts.order.stagesTitle}>
            <StageTimeline stages={order.data.properties.details?.jobStages ?? []} />
          </Section>
          <Section title={texts.order.nodesTitle}>
            <QueryProblem error={nodes.error} onTryAgain={() => void nodes.refetch()} />
            {nodes.data !== undefined && <NodeTable nodes={nodes.data} />}
          </Section>
          {order.data.properties.details?.deviceErasureDetails !== undefined && <ErasureSection />}
          <Section title={texts.order.keyChainTitle}>
            <QueryProblem error={health.error} onTryAgain={() => void health.refetch()} />
            {health.data !== undefined && order.data.properties.details !== undefined && (
              <KeyChain
                kek={order.data.properties.details.keyEncryptionKey}
                health={health.data}
                nodes={nodes.data ?? []}
              />
            )}
          </Section>
        </Stack>
      )}
    </OrderPage>
  );
}

/** The pages on which checks are mended. */
const SHIPPING_PAGES: Readonly<Record<string, string>> = {
  backup: `${ORDER}/backup-keys`,
  approvers: `${ORDER}/unlock-policy`,
};

/** One light before the dispatch, and its checks. */
function Shipping({
  shipping: { light, checks },
}: {
  readonly shipping: NonNullable<VerdictView["shipping"]>;
}): ReactElement {
  const texts = useTexts().order.shipping;
  const params = useOrderName();
  return (
    <Section title={texts.title}>
      <ShippingBadge of="lights" state={light} />
      <Facts
        facts={checks.map(({ name, state }) => [
          textOf(texts.names, name) ?? name,
          <>
            <ShippingBadge of="states" state={state} />{" "}
            {state !== "Passed" && (
              <RouterLink to={SHIPPING_PAGES[name] ?? `${ORDER}/key-health`} params={params}>
                {textOf(texts.hints, `${name} ${state}`)}
              </RouterLink>
            )}
          </>,
        ])}
      />
    </Section>
  );
}

/** The facts of an order at a glance. */
function Essentials({ order }: { readonly order: JobResource }): ReactElement {
  const texts = useTexts();
  const name = useOrderName();
  const health = useKeyHealth();
  const subscriptions = useSubscriptions();
  const subscription = subscriptions.data?.find(({ subscriptionId }) =>
    isSameIdentifier(subscriptionId, name.subscriptionId),
  );
  const { properties } = order;
  const kek = properties.details?.keyEncryptionKey;
  return (
    <Facts
      facts={[
        [texts.orders.stage, texts.stages[properties.status]],
        [texts.orders.group, name.resourceGroup],
        [texts.order.model, textOf(texts.order.models, order.sku.name) ?? order.sku.name],
        [texts.orders.location, order.location],
        [texts.order.transfer, texts.order.transfers[properties.transferType]],
        [
          texts.orders.subscription,
          <>
            {subscription?.displayName ?? name.subscriptionId}
            <CopyButton value={name.subscriptionId} what={texts.order.subscriptionId} />
          </>,
        ],
        [
          texts.order.resourceId,
          <>
            …/jobs/{order.name}
            <CopyButton value={order.id} what={texts.order.resourceId} />
          </>,
        ],
        [texts.orders.ordered, <Time at={properties.startTime} />],
        [
          texts.orders.encryption,
          kek && (
            <RouterLink to={`${ORDER}/encryption`} params={name}>
              {texts.encryptionTypes[kek.kekType]}
            </RouterLink>
          ),
        ],
        [texts.orders.health, health.data && <HealthBadge health={health.data} />],
      ]}
    />
  );
}

/** The nodes of an appliance, each locked separately. */
function NodeTable({ nodes }: { readonly nodes: readonly OrderNode[] }): ReactElement {
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
