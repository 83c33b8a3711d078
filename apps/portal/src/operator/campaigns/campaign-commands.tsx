import { CAMPAIGN_CALLS, type CampaignView } from "@databox-cmk/protocol";
import { ToolbarButton } from "@fluentui/react-components";
import {
  DismissCircleRegular,
  PauseRegular,
  PlayCircleRegular,
  PlayRegular,
} from "@fluentui/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { readEveryPage } from "../../api/read-every-page.ts";
import { realRunOf } from "../../core/campaign-form.ts";
import { ConfirmDialog } from "../../order/confirm-dialog.tsx";
import { QUERY_KEYS } from "../../queries/query-keys.ts";
import { useSignedIn } from "../../queries/session-context.ts";
import { CommandBar } from "../../shell/command-bar.tsx";
import { QueryProblem } from "../../shell/query-problem.tsx";
import { useTexts } from "../../texts/texts.ts";
import { useAction } from "../../toasts/use-action.tsx";

type CampaignEvent = "pause" | "resume" | "cancel";

/** Pause, resume, cancel; after a dry run, start the real campaign. */
export function CampaignCommands({ campaign }: { readonly campaign: CampaignView }): ReactElement {
  const texts = useTexts();
  const { client } = useSignedIn();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<"cancel" | "start">();
  const { id, state, dryRun, progress, selector } = campaign;
  const control = useAction((event: CampaignEvent) => `${event}Campaign` as const, {
    mutationFn: (event: CampaignEvent) =>
      client.call(CAMPAIGN_CALLS[event], { params: { campaignId: id } }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: QUERY_KEYS.operator() }),
  });
  const start = useAction("startCampaign", {
    mutationFn: async () => {
      const listed = await readEveryPage((position) =>
        selector.orders === undefined
          ? Promise.resolve({ value: [] })
          : client.call(CAMPAIGN_CALLS.listOrders, {
              params: { campaignId: id },
              query: { $skipToken: position },
            }),
      );
      const body = realRunOf(
        campaign,
        listed.map(({ order }) => order),
      );
      return client.call(CAMPAIGN_CALLS.start, { params: {}, body });
    },
    onDone: (started) =>
      navigate({ to: "/operator/campaigns/$campaignId", params: { campaignId: started.id } }),
  });
  const words = texts.operator.campaigns;
  const isBusy = control.isPending || start.isPending;
  const word = id.slice(0, 8);
  return (
    <>
      <CommandBar>
        {dryRun && (
          <ToolbarButton
            icon={<PlayCircleRegular />}
            disabled={state !== "Done"}
            disabledFocusable={isBusy}
            onClick={() => setAsking("start")}
          >
            {words.startReal}
          </ToolbarButton>
        )}
        <ToolbarButton
          icon={<PauseRegular />}
          disabled={state !== "Running"}
          disabledFocusable={isBusy}
          onClick={() => control.mutate("pause")}
        >
          {words.pause}
        </ToolbarButton>
        <ToolbarButton
          icon={<PlayRegular />}
          disabled={state !== "Paused"}
          disabledFocusable={isBusy}
          onClick={() => control.mutate("resume")}
        >
          {words.resume}
        </ToolbarButton>
        <ToolbarButton
          icon={<DismissCircleRegular />}
          disabled={state !== "Running" && state !== "Paused"}
          disabledFocusable={isBusy}
          onClick={() => setAsking("cancel")}
        >
          {words.cancel}
        </ToolbarButton>
      </CommandBar>
      <QueryProblem error={control.error} />
      <QueryProblem error={start.error} />
      {asking !== undefined && (
        <ConfirmDialog
          title={asking === "cancel" ? words.cancelTitle : words.startTitle(progress.total)}
          text={asking === "cancel" ? words.cancelText : words.startText(progress.failed)}
          label={texts.loud.typeName(word)}
          expected={word}
          confirm={asking === "cancel" ? words.cancel : words.startReal}
          onConfirm={() => {
            if (asking === "cancel") control.mutate("cancel");
            else start.mutate();
          }}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}
