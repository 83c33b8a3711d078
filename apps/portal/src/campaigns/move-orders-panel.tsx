import type { OrderSummary } from "@databox-cmk/protocol";
import { Button, makeStyles, MessageBar, MessageBarBody, Text } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { startCampaign } from "../api/campaigns.ts";
import { decideCampaign, EMPTY_FORM } from "../core/campaign-form.ts";
import { describePlace } from "../orders/order-columns.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { SidePanel } from "../shell/side-panel.tsx";
import { useTexts } from "../texts/texts.ts";
import { useAction } from "../toasts/use-action.tsx";
import { MoveFields } from "./move-fields.tsx";

const useStyles = makeStyles({
  list: { listStyleType: "none", margin: 0, padding: 0, overflowWrap: "anywhere" },
});

/** Moves chosen orders to another key by a campaign, which begins with a dry run. */
export function MoveOrdersPanel({
  orders,
  onClose,
}: {
  readonly orders: readonly OrderSummary[];
  readonly onClose: () => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.operator.campaigns;
  const { client } = useSignedIn();
  const navigate = useNavigate();
  const [first] = useState({
    ...EMPTY_FORM,
    kind: "move" as const,
    orders: orders.map(({ id }) => id).join("\n"),
  });
  const [form, setForm] = useState<typeof EMPTY_FORM>(first);
  const decided = decideCampaign(form, true);
  const start = useAction("startCampaign", {
    mutationFn: (wanted: Extract<typeof decided, { ok: true }>) =>
      startCampaign(client, wanted.request),
    onSuccess: ({ id }) =>
      navigate({ to: "/operator/campaigns/$campaignId", params: { campaignId: id } }),
  });
  return (
    <SidePanel
      title={texts.orders.bulk.move.title}
      isDirty={form !== first && !start.isPending && !start.isSuccess}
      onClose={onClose}
      footer={(close) => (
        <>
          <Button
            appearance="primary"
            disabled={!decided.ok}
            disabledFocusable={start.isPending}
            onClick={() => {
              if (decided.ok) start.mutate(decided);
            }}
          >
            {start.isPending ? words.starting : words.startDry}
          </Button>
          <Button onClick={close}>{texts.ui.close}</Button>
        </>
      )}
    >
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
      <MoveFields
        form={form}
        onChange={(change) => {
          setForm({ ...form, ...change });
          start.reset();
        }}
      />
      <MessageBar intent={decided.ok ? "info" : "warning"} layout="multiline">
        <MessageBarBody>
          {decided.ok ? words.dryFirst : words.missing[decided.problem]}
        </MessageBarBody>
      </MessageBar>
      {start.error !== null && <QueryProblem error={start.error} />}
    </SidePanel>
  );
}
