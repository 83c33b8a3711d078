import type { ActivityRow } from "@databox-cmk/protocol";

import type { Texts } from "../texts/en.ts";

/** The name of the actor of an event. */
export function actorName({ actor }: ActivityRow, texts: Texts["activity"]): string {
  if (actor.kind === "device") return texts.node(actor.serial ?? "");
  if (actor.kind === "broker") return texts.service;
  if (actor.kind === "stranger") return texts.stranger;
  return actor.name ?? actor.objectId ?? actor.kind;
}

export function actionName({ action }: ActivityRow, texts: Texts["activity"]): string {
  return texts.actions[action] ?? action;
}
