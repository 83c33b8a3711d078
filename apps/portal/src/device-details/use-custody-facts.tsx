import type { Fact } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";

import type { OrderNode } from "../api/nodes.ts";
import { Copyable } from "../shell/copyable.tsx";
import { useTexts } from "../texts/texts.ts";

/**
 * The people and keys that can unlock a node, and the replacement of a lost share; empty for an
 * erased node.
 */
export function useCustodyFacts({ envelope, deviceKey }: OrderNode): readonly Fact[] {
  const texts = useTexts();
  if (envelope?.custody === undefined) return [];
  const { custody, shareCopiedFor = [] } = envelope;
  const words = texts.custody.who;
  const facts: Fact[] = [
    { label: texts.custody.title, value: texts.custody.names[custody] },
    { label: words.title, value: words[custody] },
  ];
  if (custody === "escrow") return facts;
  return [
    ...facts,
    { label: words.place, value: deviceKey === undefined ? "–" : words.places[deviceKey.grade] },
    {
      label: words.recovery,
      value:
        shareCopiedFor.length === 0 ? (
          words.none
        ) : (
          <>
            {words.copied}
            {shareCopiedFor.map((kid) => (
              <Copyable key={kid} value={kid} what={texts.backupKeys.key} />
            ))}
            <Text size={200} block>
              {words.compare}
            </Text>
          </>
        ),
    },
  ];
}
