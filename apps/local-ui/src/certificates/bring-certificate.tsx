import { localCertificateJudgement } from "@databox-cmk/protocol";
import { Row } from "@databox-cmk/ui";
import { Button, Field, Input, makeStyles, Text, tokens } from "@fluentui/react-components";
import { DocumentRegular } from "@fluentui/react-icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useRef, useState } from "react";

import { certificateQuery } from "../api/queries.ts";
import { CheckList } from "../checks/check-list.tsx";
import { encodeBase64 } from "../core/encode-base64.ts";
import { CallProblem } from "../shell/call-problem.tsx";
import { Panel } from "../shell/page.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { Way } from "../unlock/way.tsx";
import { CertificateFacts } from "./certificate-facts.tsx";

const MAX_BYTES = 64 * 1024;

const useStyles = makeStyles({
  row: { alignItems: "center" },
  file: { display: "none" },
  judgement: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  fileName: { overflowWrap: "anywhere", minWidth: 0 },
});

/** A .pfx file with its password: first checked, then used. */
export function BringCertificate({ onChanged }: { readonly onChanged: () => void }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { api } = useNode();
  const queryClient = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File>();
  const [password, setPassword] = useState("");
  const judge = useMutation({
    mutationFn: async ({ chosen, apply }: { chosen: File; apply: boolean }) => {
      const pkcs12 = encodeBase64(new Uint8Array(await chosen.arrayBuffer()));
      const body = { pkcs12, password, apply };
      return api.call("POST", "/api/certificate", localCertificateJudgement, body);
    },
    onSuccess: ({ applied }) => {
      if (!applied) return;
      setFile(undefined);
      setPassword("");
      onChanged();
      void queryClient.invalidateQueries({ queryKey: certificateQuery(api).queryKey });
    },
  });
  const isTooLarge = file !== undefined && file.size > MAX_BYTES;
  const isReady = file !== undefined && !isTooLarge && !judge.isPending;
  const submit = (apply: boolean) => {
    if (isReady) judge.mutate({ chosen: file, apply });
  };
  const judgement = judge.data;
  const hasFailed = judgement?.checks.some(({ status }) => status === "failed") === true;
  return (
    <Panel title={texts.certificates.bring}>
      <Way onSubmit={() => submit(false)}>
        <Text>{texts.certificates.bringHint}</Text>
        <Row gap="M" className={styles.row}>
          <Button
            size="large"
            icon={<DocumentRegular />}
            disabledFocusable={judge.isPending}
            onClick={() => input.current?.click()}
          >
            {texts.certificates.file}
          </Button>
          <Text className={styles.fileName}>{file?.name ?? texts.certificates.noFile}</Text>
        </Row>
        <input
          ref={input}
          type="file"
          accept=".pfx,.p12"
          className={styles.file}
          aria-label={texts.certificates.file}
          disabled={judge.isPending}
          onChange={(event) => {
            const [chosen] = event.target.files ?? [];
            event.target.value = "";
            if (chosen === undefined) return;
            judge.reset();
            setFile(chosen);
          }}
        />
        {isTooLarge && <Text role="alert">{texts.certificates.fileTooLarge}</Text>}
        <Field label={texts.certificates.password}>
          <Input
            size="large"
            type="password"
            autoComplete="off"
            value={password}
            readOnly={judge.isPending}
            onChange={(_event, data) => setPassword(data.value)}
          />
        </Field>
        <Row gap="M" className={styles.row}>
          <Button type="submit" size="large" disabledFocusable={!isReady}>
            {texts.certificates.check}
          </Button>
          <Button
            appearance="primary"
            size="large"
            disabledFocusable={!isReady || hasFailed}
            onClick={() => submit(true)}
          >
            {texts.certificates.apply}
          </Button>
        </Row>
      </Way>
      <CallProblem error={judge.error} />
      {judgement !== undefined && (
        <section className={styles.judgement} aria-label={texts.certificates.judgement}>
          <Text role="status" weight="semibold" block>
            {hasFailed ? texts.certificates.unusable : texts.certificates.usable}
          </Text>
          <CheckList
            checks={judgement.checks.map(({ name, status, found }) => ({
              name,
              title: texts.certificates.checks[name],
              status,
              statusText: texts.certificates.statuses[status],
              found,
            }))}
          />
          {!judgement.applied && <CertificateFacts certificate={judgement.certificate} />}
        </section>
      )}
    </Panel>
  );
}
