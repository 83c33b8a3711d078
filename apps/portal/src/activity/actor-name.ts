import type { ActivityRow } from "@databox-cmk/protocol";

import type { Texts } from "../texts/en.ts";

/** The name of the actor of an event. */
export function actorName({ actor }: ActivityRow, texts: Texts["activity"]): string {
  if (actor.kind === "device") return texts.node(actor.serial ?? "");
  if (actor.kind === "broker") return texts.service;
  if (actor.kind === "stranger") return texts.stranger;
  return actor.name ?? actor.objectId ?? actor.kind;
}

/** The action's label, or the action itself if only a newer broker knows it. */
export function actionName({ action }: ActivityRow, texts: Texts["activity"]): string {
  const labels: Readonly<Record<string, string>> = texts.actions;
  return labels[action] ?? action;
}
