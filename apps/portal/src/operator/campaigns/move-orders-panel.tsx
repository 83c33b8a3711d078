import { makeStyles, Text, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { EMPTY_FORM } from "../../core/campaign-form.ts";
import { failureOf } from "../../core/is-same.ts";
import { describePlace } from "../../orders/order-columns.ts";
import type { ChosenOrders } from "../../orders/order-table.tsx";
import { QueryProblem } from "../../shell/query-problem.tsx";
import { SidePanel } from "../../shell/side-panel.tsx";
import { UnsavedGuard } from "../../shell/unsaved-guard.tsx";
import { useTexts } from "../../texts/texts.ts";
import { CampaignVerdict, MoveFields, useStartCampaign } from "./use-start-campaign.tsx";

const useStyles = makeStyles({
  list: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalS,
    listStyleType: "none",
    margin: 0,
    padding: 0,
    overflowWrap: "anywhere",
  },
});

/** Moves chosen orders to another key by a campaign, which begins with a dry run. */
export function MoveOrdersPanel({ orders, onClose }: ChosenOrders): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.operator.campaigns;
  const { form, set, decided, request, start, isDirty } = useStartCampaign({
    ...EMPTY_FORM,
    kind: "move",
    orders: orders.map(({ id }) => id).join("\n"),
  });
  return (
    <SidePanel
      title={texts.orders.bulk.move.title}
      isDirty={isDirty}
      isSaving={start.isPending}
      onClose={onClose}
      confirm={{
        label: start.isPending ? words.starting : words.startDry,
        isReady: decided.ok,
        onConfirm: () => {
          if (request !== undefined) start.mutate(request);
        },
      }}
    >
      <UnsavedGuard isDirty={isDirty} isSaving={start.isPending} />
      <Text>{texts.orders.bulk.move.text}</Text>
      <Text>{words.ofList}:</Text>
      <ul className={styles.list} aria-label={texts.orders.bulk.orders}>
        {orders.map((order) => (
          <li key={order.id}>
            <Text>{order.name}</Text>
            <Text size={200} block>
              {describePlace(order)}
            </Text>
          </li>
        ))}
      </ul>
      <MoveFields form={form} onChange={set} />
      <CampaignVerdict decided={decided} />
      <QueryProblem error={failureOf(start, request)} />
    </SidePanel>
  );
}
