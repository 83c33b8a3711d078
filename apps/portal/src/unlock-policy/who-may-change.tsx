import { type Fact, Facts, Section, textOf } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import { useOrderPermissions } from "../order/use-may.ts";
import { useTexts } from "../texts/texts.ts";

/** Each write that changes who decides or what guards the keys, as the service decides it. */
export function WhoMayChange(): ReactElement | null {
  const words = useTexts().unlockPolicy.whoMay;
  const { data } = useOrderPermissions();
  if (data === undefined || data.changes.length === 0) return null;
  const facts = data.changes.map(({ action, effect, roles }): Fact => {
    const name = action.slice(action.indexOf("/") + 1);
    const all = data.actions.has(action) ? [...roles, words.you] : roles;
    const how = textOf(words.effects, effect) ?? effect;
    return [textOf(words.changes, name) ?? name, `${how} ${all.join(", ")}`];
  });
  return (
    <Section title={words.title}>
      <Facts columns={1} facts={facts} />
    </Section>
  );
}
