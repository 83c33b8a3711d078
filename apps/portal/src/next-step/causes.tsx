import {
  APPROVAL_CALLS,
  type CloudError,
  JOB_CALLS,
  KEY_HEALTH_CALLS,
  REVOCATION_CALLS,
  type VerdictView,
} from "@databox-cmk/protocol";
import { CopyProblem, type Problem, Section } from "@databox-cmk/ui";
import { Button, Spinner } from "@fluentui/react-components";
import { useNavigate, useRouter } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { loadProblems } from "../api/client.ts";
import { codeOf, ProblemError } from "../api/problem-error.ts";
import { enableKeyVersion, readKeyVersions } from "../api/vault-keys.ts";
import { DecisionButtons } from "../approvals/approval-card.tsx";
import { chosenIdentityOf, chosenKeyOf } from "../core/key-choice.ts";
import { shownCauses } from "../core/shown-causes.ts";
import { GrantAccess } from "../encryption/grant-access.tsx";
import { OfferedTo } from "../order/read-only.tsx";
import { useCloudProblem } from "../order/use-cloud-problem.ts";
import { type OrderAction, useMay } from "../order/use-may.ts";
import { useOrder, useOrderChange, useOrderName } from "../order/use-order.ts";
import { useNames } from "../people/use-people.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { usePart, useRead } from "../queries/use-part.ts";
import { ProblemPanel } from "../shell/problem-panel.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { ORDER } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";

type Cause = VerdictView["causes"][number];
type Action = NonNullable<VerdictView["nextStep"]["action"]>;

/**
 * Everything that is in the way of an unlock, the deciding cause first.
 *
 * @param hasButtons - false on a page of people who are not the customer's
 */
export function Causes({
  verdict: { causes, nextStep },
  hasButtons = true,
}: {
  readonly verdict: VerdictView;
  readonly hasButtons?: boolean;
}): ReactElement | null {
  const texts = useTexts().order;
  const shown = shownCauses(causes);
  if (shown.length === 0) return null;
  return (
    <Section title={texts.inTheWay}>
      {shown.map((cause) => (
        <CausePanel
          key={JSON.stringify(cause)}
          cause={cause}
          action={
            !hasButtons ? undefined : cause === shown[0] ? nextStep.action : ACTIONS[cause.code]
          }
        />
      ))}
    </Section>
  );
}

/** Of causes behind the deciding one; the service tries the key before the copy continues. */
const ACTIONS: Readonly<Record<string, Action>> = {
  SsemUserCopyErrorWaitingForAction: { name: "mitigate", parameters: {} },
};

/** The right that each button needs. Only the vault knows who may enable a version. */
const NEEDED = {
  restoreAccess: "restoreAccess",
  mitigate: "mitigate",
  enableKeyVersion: "read",
  checkKey: "checkKeyHealth",
  grantAccess: "write",
  approve: "read",
  addRecoveryKey: "writeBackupKeys",
} as const satisfies Record<string, OrderAction>;

/** Steps that one call takes, and how their end is reported. */
const CALLED = {
  restoreAccess: "restoreAccess",
  mitigate: "resumeOrder",
  enableKeyVersion: "enableVersion",
  checkKey: "checkKey",
} as const;
type Called = keyof typeof CALLED;

/**
 * A cause, and the buttons that take its next step. After each, the order is read again, and the
 * step has failed if what it should remove is still there.
 */
export function CausePanel({
  cause: { serial, ...error },
  action,
}: {
  readonly cause: Cause;
  readonly action: Action | undefined;
}): ReactElement | null {
  const texts = useTexts().order.steps;
  const problem = useCloudProblem(error);
  const take = useStep(action);
  const isOffered = useIsOffered(action);
  const page = usePage();
  const nameOf = useNames(problem?.message.match(OBJECT_ID) ?? []);
  if (problem === undefined) return null;
  const told = problem.message.replaceAll(OBJECT_ID, nameOf);
  const message = serial === undefined ? told : `${serial}: ${told}`;
  const button = (name: Called, isPrimary: boolean) => (
    <OfferedTo action={NEEDED[name]}>
      <Button
        appearance={isPrimary ? "primary" : "secondary"}
        icon={
          take.isPending && take.variables === name ? (
            <Spinner size="tiny" aria-hidden />
          ) : undefined
        }
        disabledFocusable={take.isPending}
        onClick={() => take.mutate(name)}
      >
        {texts[name]}
      </Button>
    </OfferedTo>
  );
  const name = action?.name;
  return (
    <>
      <ProblemPanel
        problem={{ ...problem, message }}
        isStepFolded={isOffered}
        actions={
          <>
            {(name === "restoreAccess" || name === "mitigate") && button(name, true)}
            {name === "enableKeyVersion" && isOffered && button(name, true)}
            {name === "grantAccess" && (
              <Grant problem={problem} onGranted={() => take.mutate("checkKey")} />
            )}
            {name === "approve" && <Approve id={String(action?.parameters["approvalId"])} />}
            {name === "addRecoveryKey" && <AddRecoveryKey />}
            {actionOfKey(action) !== undefined && button("checkKey", name === "checkKey")}
            <CopyProblem problem={{ ...problem, message }} page={page} />
          </>
        }
      />
      {codeOf(take.error) !== problem.code && <QueryProblem error={take.error} />}
    </>
  );
}

/** Of the person whose switch it is, say. */
const OBJECT_ID = /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g;

/** After them, the key is checked again. */
const OF_KEY: ReadonlySet<string> = new Set(["enableKeyVersion", "grantAccess", "checkKey"]);

/** The next step, if it mends the key. */
export const actionOfKey = (action: Action | undefined): Action | undefined =>
  action !== undefined && OF_KEY.has(action.name) ? action : undefined;

function useStep(action: Action | undefined) {
  const { client } = useSignedIn();
  const mayCheck = useMay("checkKeyHealth");
  return useOrderChange(
    (name: Called) => CALLED[name],
    async (call, name) => {
      const { serial, keyUrl } = action?.parameters ?? {};
      if (name === "restoreAccess") {
        await call(REVOCATION_CALLS.restore, {
          body: serial === undefined ? {} : { serial: String(serial) },
        });
        const { error } = (await call(JOB_CALLS.read)).properties;
        // Another switch, such as the operator's, still withholds the keys.
        if (error?.code === "UnlockRevoked") await refuseBy(error);
      }
      if (name === "mitigate") {
        await call(JOB_CALLS.mitigate, { body: { customerResolutionCode: "Resume" } });
        const { properties } = await call(JOB_CALLS.read, { query: { $expand: "details" } });
        if ((properties.details?.actions ?? []).length > 0) await refuseBy(properties.error);
      }
      if (name === "checkKey") await call(KEY_HEALTH_CALLS.check);
      if (name === "enableKeyVersion") {
        await enableKeyVersion(client, String(keyUrl));
        if (mayCheck !== false) await refuseBy((await call(KEY_HEALTH_CALLS.check)).error);
      }
    },
  );
}

/** @throws {ProblemError} of what is still in the way */
async function refuseBy(error: CloudError | undefined): Promise<void> {
  if (error === undefined) return;
  const { problemOfError } = await loadProblems();
  throw new ProblemError(problemOfError(error));
}

/**
 * Whether the reader gets the button of the step; the step itself is folded below it. Only the
 * vault knows the rights on its keys: a person who cannot list versions cannot change one.
 */
function useIsOffered(action: Action | undefined): boolean {
  const { name = "", parameters = {} } = action ?? {};
  const isKnown = (given: string): given is keyof typeof NEEDED => Object.hasOwn(NEEDED, given);
  const may = useMay(isKnown(name) ? NEEDED[name] : "read") !== false;
  const isOfVersion = name === "enableKeyVersion";
  const { origin, pathname } = new URL(String(parameters["keyUrl"]), globalThis.location.href);
  const [, , key = ""] = pathname.split("/");
  const versions = useRead(
    QUERY_KEYS.vault(origin, "versions", key),
    (client, signal) => readKeyVersions(client, origin, key, signal),
    { retry: false, enabled: isOfVersion },
  );
  const approval = useApproval(name === "approve" ? parameters["approvalId"] : undefined);
  if (isOfVersion) return versions.isSuccess;
  if (name === "approve") return approval?.mayDecide === true;
  return isKnown(name) && may;
}

/** The order's own page, also where an operator copies. */
function usePage(): string {
  const { buildLocation } = useRouter();
  const { href } = buildLocation({ to: ORDER, params: useOrderName() });
  return new URL(href, globalThis.location.href).href;
}

function Grant({
  problem,
  onGranted,
}: {
  readonly problem: Problem;
  readonly onGranted: () => void;
}): ReactElement | null {
  const { subscriptionId } = useOrderName();
  const { data: order } = useOrder();
  const kek = order?.properties.details?.keyEncryptionKey;
  const chosen = kek && chosenKeyOf(kek);
  const identity = kek && chosenIdentityOf(kek);
  if (order === undefined || chosen === undefined || identity === undefined) return null;
  return (
    <OfferedTo action="write">
      <GrantAccess
        subscriptionId={subscriptionId}
        assigned={order.identity}
        chosen={chosen}
        identity={identity}
        problem={problem}
        onGranted={onGranted}
      />
    </OfferedTo>
  );
}

/** Approve or reject, for people who may decide about the request. */
function Approve({ id }: { readonly id: string }): ReactElement | null {
  const approval = useApproval(id);
  return approval === undefined ? null : <DecisionButtons approval={approval} />;
}

function useApproval(id: unknown) {
  const given = { params: useOrderName(), query: {} };
  const { data } = usePart(APPROVAL_CALLS.list, given, { enabled: id !== undefined });
  return data?.value.find((each) => each.id === id);
}

function AddRecoveryKey(): ReactElement {
  const texts = useTexts().order.steps;
  const navigate = useNavigate();
  const params = useOrderName();
  return (
    <OfferedTo action="writeBackupKeys">
      <Button
        appearance="primary"
        onClick={() => void navigate({ to: `${ORDER}/backup-keys`, params })}
      >
        {texts.addRecoveryKey}
      </Button>
    </OfferedTo>
  );
}
