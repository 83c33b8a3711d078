import { JOB_CALLS, type JobResource } from "@databox-cmk/protocol";
import { CopyButton } from "@databox-cmk/ui";
import { ToolbarButton, makeStyles, Text, tokens } from "@fluentui/react-components";
import {
  BracesRegular,
  CopyRegular,
  DeleteRegular,
  DismissCircleRegular,
  EraserRegular,
} from "@fluentui/react-icons";
import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { CommandBar, RefreshButton } from "../shell/command-bar.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { ORDER } from "../shell/router-link.tsx";
import { SidePanel } from "../shell/side-panel.tsx";
import { useTexts } from "../texts/texts.ts";
import { useAction } from "../toasts/use-action.tsx";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import { useMay } from "./use-may.ts";
import { useOrderName, useRefreshOrder } from "./use-order.ts";

type Command = "cancel" | "delete" | "erase";
type Wanted = { readonly command: Command; readonly typed: string };

/**
 * The possible actions on an order; the stage decides which are offered, the broker which are
 * allowed.
 */
export function OrderCommands({ order }: { readonly order: JobResource }): ReactElement {
  const texts = useTexts();
  const { client } = useSignedIn();
  const name = useOrderName();
  const refresh = useRefreshOrder();
  const queryClient = useQueryClient();
  const isFetching = useIsFetching({ queryKey: QUERY_KEYS.order(name) }) > 0;
  const navigate = useNavigate();
  const [asking, setAsking] = useState<Command>();
  const [showsJson, setShowsJson] = useState(false);
  const command = useAction((wanted: Wanted) => `${wanted.command}Order` as const, {
    mutationFn: async (wanted: Wanted) => {
      const of = { params: name };
      if (wanted.command === "delete") await client.call(JOB_CALLS.remove, of);
      else if (wanted.command === "cancel")
        await client.call(JOB_CALLS.cancel, { ...of, body: { reason: wanted.typed } });
      else
        await client.call(JOB_CALLS.mitigate, {
          ...of,
          body: { customerResolutionCode: "MoveToCleanUpDevice" },
        });
    },
    // The page of a deleted order could only say that it is gone.
    onSuccess: (_result, { command: done }) =>
      done === "delete"
        ? queryClient.invalidateQueries({ queryKey: QUERY_KEYS.orders })
        : refresh(),
    onDone: async (_result, { command: done }) => {
      if (done !== "delete") return;
      await navigate({ to: "/orders" });
      await refresh();
    },
  });
  const mayCancel = useMay("cancel");
  const mayDelete = useMay("delete");
  const mayMitigate = useMay("mitigate");
  const actions = order.properties.details?.actions ?? [];
  const dialog = texts.order.commands;
  return (
    <>
      <CommandBar>
        <RefreshButton of={{ isFetching, refetch: refresh }} />
        <ToolbarButton
          icon={<CopyRegular />}
          onClick={() => void navigate({ to: `${ORDER}/clone`, params: name })}
        >
          {dialog.clone}
        </ToolbarButton>
        <ToolbarButton icon={<BracesRegular />} onClick={() => setShowsJson(true)}>
          {texts.order.json.button}
        </ToolbarButton>
        {mayCancel !== false && (
          <ToolbarButton
            icon={<DismissCircleRegular />}
            disabled={!order.properties.isCancellable}
            title={order.properties.isCancellable ? undefined : dialog.cancel.notNow}
            disabledFocusable={command.isPending}
            onClick={() => setAsking("cancel")}
          >
            {dialog.cancel.button}
          </ToolbarButton>
        )}
        {mayDelete !== false && (
          <ToolbarButton
            icon={<DeleteRegular />}
            disabled={!order.properties.isDeletable}
            title={order.properties.isDeletable ? undefined : dialog.delete.notNow}
            disabledFocusable={command.isPending}
            onClick={() => setAsking("delete")}
          >
            {dialog.delete.button}
          </ToolbarButton>
        )}
        {mayMitigate !== false && actions.includes("MoveToCleanUpDevice") && (
          <ToolbarButton
            icon={<EraserRegular />}
            disabledFocusable={command.isPending}
            onClick={() => setAsking("erase")}
          >
            {dialog.erase.button}
          </ToolbarButton>
        )}
      </CommandBar>
      <QueryProblem error={command.error} />
      {showsJson && <JsonPanel value={order} onClose={() => setShowsJson(false)} />}
      {asking !== undefined && (
        <ConfirmDialog
          title={dialog[asking].title}
          text={dialog[asking].text}
          label={dialog[asking].label(name.jobName)}
          expected={asking === "cancel" ? undefined : name.jobName}
          confirm={dialog[asking].button}
          onConfirm={(typed) => command.mutate({ command: asking, typed })}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}

const useStyles = makeStyles({
  head: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalXS },
  json: {
    margin: 0,
    padding: tokens.spacingHorizontalM,
    backgroundColor: tokens.colorNeutralBackground3,
    fontSize: tokens.fontSizeBase200,
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
  },
});

/** The resource as Resource Manager answers it, for scripts and support. */
function JsonPanel({
  value,
  onClose,
}: {
  readonly value: { readonly id: string };
  readonly onClose: () => void;
}): ReactElement {
  const styles = useStyles();
  const words = useTexts().order.json;
  const text = JSON.stringify(value, undefined, 2);
  return (
    <SidePanel title={words.title} onClose={onClose}>
      <div className={styles.head}>
        <Text>{words.text}</Text>
        <CopyButton value={text} what={words.title} />
      </div>
      <pre className={styles.json} lang="en" translate="no">
        <code>{text}</code>
      </pre>
    </SidePanel>
  );
}
