import type { NodeSecret } from "@databox-cmk/protocol";
import { CopyButton, DownloadButton, type Fact, Facts, QrPicture, Stack } from "@databox-cmk/ui";
import { makeStyles, Text, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import type { OrderNode } from "../order/use-order.ts";
import { Copyable } from "../shell/copyable.tsx";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  value: {
    display: "inline-flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalXS,
    fontFamily: tokens.fontFamilyMonospace,
    overflowWrap: "anywhere",
  },
  code: { maxWidth: "220px" },
  certificate: { alignItems: "start" },
});

/** One node: the facts that its local UI shows, and its key while that is shown. */
export function NodeSecrets({
  node,
  secret,
}: {
  readonly node: OrderNode;
  readonly secret: NodeSecret | undefined;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { serial, envelope } = node;
  const custodyFacts = useCustodyFacts(node);
  return (
    <>
      <Facts
        columns={1}
        facts={[
          [
            texts.device.serial,
            <span className={styles.value}>
              {serial}
              <CopyButton value={serial} what={texts.device.serial} />
            </span>,
          ],
          ...custodyFacts,
          [
            texts.device.unlockKey,
            envelope?.custody === "split" ? undefined : secret === undefined ? (
              texts.device.hidden
            ) : (
              <Shown secret={secret} />
            ),
          ],
        ]}
      />
      {secret !== undefined && (
        <Stack gap="XS" className={styles.certificate}>
          <Text weight="semibold">{texts.device.certificateTitle}</Text>
          <Text size={200}>{texts.device.certificateHint}</Text>
          <DownloadButton
            label={texts.device.certificate}
            fileName={`${serial}.jwk.json`}
            mediaType="application/jwk+json"
            content={atob(secret.encodedValidationCertPubKey)}
          />
        </Stack>
      )}
    </>
  );
}

function Shown({ secret }: { readonly secret: NodeSecret }): ReactElement {
  const styles = useStyles();
  const texts = useTexts().device;
  return (
    <>
      <span className={styles.value}>
        {secret.devicePassword}
        <CopyButton value={secret.devicePassword} what={texts.unlockKey} />
      </span>
      <Text size={200} block>
        {texts.unlockKeyCodeHint}
      </Text>
      <div className={styles.code}>
        <QrPicture text={secret.devicePassword} label={texts.unlockKeyCode} />
      </div>
    </>
  );
}

/**
 * The people and keys that can unlock a node, and the replacement of a lost share; empty for an
 * erased node.
 */
function useCustodyFacts({ envelope, deviceKey }: OrderNode): readonly Fact[] {
  const texts = useTexts();
  if (envelope?.custody === undefined) return [];
  const { custody, shareCopiedFor = [] } = envelope;
  const words = texts.custody.who;
  const facts: Fact[] = [
    [texts.custody.title, texts.custody.names[custody]],
    [words.title, words[custody]],
  ];
  if (custody === "escrow") return facts;
  return [
    ...facts,
    [words.place, deviceKey === undefined ? "–" : words.places[deviceKey.grade]],
    [
      words.recovery,
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
    ],
  ];
}
