import {
  type CloudError,
  CUSTODY_POLICY_CALLS,
  JOB_CALLS,
  LOCATION_CALLS,
} from "@databox-cmk/protocol";
import { Notice, Stack } from "@databox-cmk/ui";
import { Button, makeStyles, Tab, TabList, tokens } from "@fluentui/react-components";
import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { createOrder } from "../api/new-orders.ts";
import { ProblemError } from "../api/problem-error.ts";
import { failureOf } from "../core/is-same.ts";
import {
  inSplitCustody,
  isOrderName,
  type NewOrder,
  type OrderProblem,
  problemsOf,
  type Step,
  STEPS,
} from "../core/new-order.ts";
import { refusalsOf, renderValidation } from "../core/order-validation.ts";
import { GrantAccess } from "../encryption/grant-access.tsx";
import { useMayOnNew } from "../order/use-may.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { usePart } from "../queries/use-part.ts";
import { FormFields } from "../shell/form-fields.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { ORDER } from "../shell/router-link.tsx";
import { UnsavedGuard } from "../shell/unsaved-guard.tsx";
import { useSettled } from "../shell/use-settled.ts";
import { useTexts } from "../texts/texts.ts";
import { useAction } from "../toasts/use-action.tsx";
import { BasicsStep } from "./basics-step.tsx";
import { ContactFields } from "./contact-fields.tsx";
import { DestinationStep } from "./destination-step.tsx";
import { ReviewStep, ReviewVerdict } from "./review-step.tsx";
import { SecurityStep } from "./security-step.tsx";

const useStyles = makeStyles({
  tabs: { flexWrap: "wrap" },
  step: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalL,
    maxWidth: "720px",
    outlineStyle: "none",
  },
  buttons: {
    display: "flex",
    flexWrap: "wrap",
    gap: tokens.spacingHorizontalS,
    paddingBlockStart: tokens.spacingVerticalM,
    borderBlockStartWidth: "1px",
    borderBlockStartStyle: "solid",
    borderBlockStartColor: tokens.colorNeutralStroke2,
  },
});

/**
 * Basics, data destination, security, contact details, review and order.
 *
 * @param start - initial values
 */
export function OrderWizard({ start }: { readonly start: NewOrder }): ReactElement {
  const styles = useStyles();
  const words = useTexts().createOrder;
  const { client } = useSignedIn();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const [step, setStep] = useState<Step>("basics");
  /** Steps that the reader has left: their problems are shown. */
  const [left, setLeft] = useState<readonly Step[]>([]);
  const [first] = useState(start);
  const [typed, setTyped] = useState(first);
  const isSplitOnly = useIsSplitOnly(typed.subscriptionId);
  const order = isSplitOnly ? inSplitCustody(typed) : typed;
  const isNameTaken = useIsOrderNameTaken(order);
  const mayCreate = useMayOnNew("write", order.subscriptionId, order.group?.name);
  const problems = problemsOf(order, { isNameTaken, isSplitOnly });
  const validation = useValidation(order, step === "review" && problems.length === 0);
  const place = useAction("placeOrder", {
    gcTime: 0,
    mutationFn: (wanted: NewOrder) => createOrder(client, wanted),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: QUERY_KEYS.orders }),
    onDone: (at) => navigate({ to: ORDER, params: at, ignoreBlocker: true }),
  });
  const failure = failureOf(place, order);
  const goTo = (next: Step) => {
    setLeft(next === "review" ? STEPS : [...left, step]);
    setStep(next);
    // The buttons are at the end of a step; the next one is read from its beginning.
    document.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  const onChange = (change: Partial<NewOrder>) => setTyped((before) => ({ ...before, ...change }));
  const problemOf = (problem: OrderProblem): string | undefined =>
    left.includes(step) && problems.some((each) => each.problem === problem)
      ? words.problems[problem]
      : undefined;
  const props = { order, onChange, problemOf, isSplitOnly };
  const takenName = isNameTaken ? words.problems.nameTaken : undefined;
  const at = STEPS.indexOf(step);
  const previous = STEPS[at - 1];
  const next = STEPS[at + 1];
  return (
    <Stack gap="L">
      <UnsavedGuard isDirty={typed !== first && !place.isSuccess} isSaving={place.isPending} />
      {mayCreate === false && <Notice intent="warning">{words.notAllowed}</Notice>}
      <TabList
        className={styles.tabs}
        selectedValue={step}
        onTabSelect={(_event, { value }) => {
          const chosen = STEPS.find((each) => each === value);
          if (chosen !== undefined) goTo(chosen);
        }}
      >
        {STEPS.map((each) => {
          const isFaulty = left.includes(each) && problems.some((found) => found.step === each);
          return (
            <Tab key={each} value={each} id={`tab-${each}`}>
              {isFaulty ? words.faulty(words.steps[each]) : words.steps[each]}
            </Tab>
          );
        })}
      </TabList>
      <div className={styles.step} role="tabpanel" aria-labelledby={`tab-${step}`}>
        <FormFields isSaving={place.isPending}>
          {step === "basics" && <BasicsStep {...props} takenName={takenName} />}
          {step === "destination" && <DestinationStep {...props} />}
          {step === "security" && <SecurityStep {...props} />}
          {step === "contact" && (
            <ContactFields
              contact={order.contact}
              problemOf={problemOf}
              onChange={(change) => onChange({ contact: { ...order.contact, ...change } })}
            />
          )}
          {step === "review" && (
            <>
              <ReviewVerdict problems={problems} onStep={goTo} validation={validation} />
              <ReviewStep order={order} />
            </>
          )}
        </FormFields>
        <QueryProblem error={failure} />
        {failure instanceof ProblemError &&
          order.key !== undefined &&
          order.identityId !== undefined && (
            <GrantAccess
              subscriptionId={order.subscriptionId}
              assigned={{ type: "None" }}
              chosen={order.key}
              identity={{ type: "UserAssigned", resourceId: order.identityId }}
              problem={failure.problem}
              onGranted={() => place.mutate(order)}
            />
          )}
        <div className={styles.buttons}>
          {step === "review" ? (
            <Button
              appearance="primary"
              disabled={validation.data?.length !== 0 || mayCreate === false}
              disabledFocusable={place.isPending}
              onClick={() => place.mutate(order)}
            >
              {place.isPending ? words.ordering : words.order}
            </Button>
          ) : (
            <Button appearance="primary" onClick={() => goTo("review")}>
              {words.steps.review}
            </Button>
          )}
          <Button
            disabled={previous === undefined}
            onClick={() => {
              if (previous !== undefined) goTo(previous);
            }}
          >
            {words.previous}
          </Button>
          {next !== undefined && (
            <Button onClick={() => goTo(next)}>{words.next(words.steps[next])}</Button>
          )}
        </div>
      </div>
    </Stack>
  );
}

/** The service's objections to a complete order. */
function useValidation(order: NewOrder, isWanted: boolean): UseQueryResult<readonly CloudError[]> {
  const { subscriptionId, location } = order;
  return usePart(
    LOCATION_CALLS.ofSubscription.validateInputs,
    { params: { subscriptionId, location }, body: renderValidation(order) },
    {
      select: ({ properties }) => refusalsOf(properties.individualResponseDetails),
      enabled: isWanted,
    },
  );
}

/**
 * Whether a subscription allows only split custody for its new orders. Where the reader may not see
 * that, any custody is offered and the service decides.
 */
function useIsSplitOnly(subscriptionId: string): boolean {
  const policy = usePart(
    CUSTODY_POLICY_CALLS.read,
    { params: { subscriptionId } },
    { enabled: subscriptionId !== "" },
  );
  return policy.data?.splitOnly === true;
}

const NOT_FOUND = 404;

/**
 * Whether an order has this name in its resource group; not known where the reader may not see that
 * order.
 */
function useIsOrderNameTaken({ subscriptionId, group, name }: NewOrder): boolean {
  const { client } = useSignedIn();
  const settled = useSettled(name);
  const wanted = { subscriptionId, resourceGroup: group?.name ?? "", jobName: name };
  const check = useQuery({
    queryKey: QUERY_KEYS.orderPart(wanted, "isTaken"),
    queryFn: async ({ signal }) => {
      try {
        await client.call(JOB_CALLS.read, { params: wanted, signal });
        return true;
      } catch (error) {
        if (error instanceof ProblemError && error.status === NOT_FOUND) return false;
        throw error;
      }
    },
    enabled: settled === name && group?.isNew === false && isOrderName(name),
    staleTime: 0,
  });
  return check.data === true;
}
