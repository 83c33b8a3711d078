import {
  COMPLETIONS,
  FAILURES,
  type OperationName,
  type OperatorOrder,
  type StageName,
} from "@databox-cmk/protocol";
import { type ReactElement, useState } from "react";

import { decideSerials } from "../../core/serials.ts";
import { ConfirmDialog } from "../../order/confirm-dialog.tsx";
import { Radios, TextField } from "../../shell/fields.tsx";
import { FormDialog } from "../../shell/form-dialog.tsx";
import { useTexts } from "../../texts/texts.ts";
import type { OperationBody } from "./use-operation.ts";

/** Asks for the input or the confirmation that an operation needs. */
export function OperationDialog({
  name,
  order,
  onConfirm,
  onClose,
}: {
  readonly name: OperationName;
  readonly order: OperatorOrder;
  readonly onConfirm: (body: OperationBody) => void;
  readonly onClose: () => void;
}): ReactElement {
  const texts = useTexts();
  const words = texts.operator.operations;
  if (name === "prepare")
    return (
      <PrepareDialog
        nodeCount={order.sku.name === "DataBoxHeavy" ? 2 : 1}
        onConfirm={(serials) => onConfirm(serials.length === 0 ? {} : { serials: [...serials] })}
        onClose={onClose}
      />
    );
  if (name === "complete" || name === "fail")
    return (
      <OutcomeDialog
        operation={name}
        outcomes={name === "complete" ? COMPLETIONS : FAILURES}
        expected={name === "fail" ? order.name : undefined}
        onConfirm={(outcome) => onConfirm({ outcome })}
        onClose={onClose}
      />
    );
  const isForce = name === "dispatch";
  const dialog = isForce ? words.forceDialog : words.eraseDialog;
  return (
    <ConfirmDialog
      title={dialog.title}
      text={dialog.text}
      label={texts.loud.typeName(order.name)}
      expected={order.name}
      confirm={isForce ? words.forceDispatch : words.buttons.erase}
      onConfirm={() => onConfirm(isForce ? { force: true } : {})}
      onClose={onClose}
    />
  );
}

/** How an order ends. @param expected - the text to type for a bad end */
function OutcomeDialog({
  operation,
  outcomes,
  expected,
  onConfirm,
  onClose,
}: {
  readonly operation: "complete" | "fail";
  readonly outcomes: readonly StageName[];
  readonly expected?: string;
  readonly onConfirm: (outcome: StageName) => void;
  readonly onClose: () => void;
}): ReactElement {
  const texts = useTexts();
  const words = texts.operator.operations;
  const [outcome, setOutcome] = useState(outcomes[0]);
  const [typed, setTyped] = useState("");
  return (
    <FormDialog
      title={words.names[operation]}
      confirm={words.buttons[operation]}
      isReady={expected === undefined || typed === expected}
      onConfirm={() => {
        if (outcome !== undefined) onConfirm(outcome);
      }}
      onClose={onClose}
    >
      {words.endText}
      <Radios
        label={words.outcome}
        values={outcomes}
        names={texts.stages}
        value={outcome}
        onChange={setOutcome}
      />
      {expected !== undefined && (
        <TextField
          label={texts.loud.typeName(expected)}
          isRequired
          value={typed}
          onChange={setTyped}
        />
      )}
    </FormDialog>
  );
}

/** Assigns devices to nodes by the serial numbers on the devices. */
function PrepareDialog({
  nodeCount,
  onConfirm,
  onClose,
}: {
  readonly nodeCount: number;
  /** None: the service chooses them. */
  readonly onConfirm: (serials: readonly string[]) => void;
  readonly onClose: () => void;
}): ReactElement {
  const texts = useTexts();
  const words = texts.operator.prepare;
  const [typed, setTyped] = useState<readonly string[]>(
    Array.from({ length: nodeCount }, () => ""),
  );
  const decided = decideSerials(typed);
  return (
    <FormDialog
      title={words.title}
      confirm={texts.operator.operations.buttons.prepare}
      isReady={decided.ok}
      modalType="modal"
      onConfirm={() => {
        if (decided.ok) onConfirm(decided.serials);
      }}
      onClose={onClose}
    >
      {words.text}
      {typed.map((serial, index) => (
        <TextField
          key={index}
          label={nodeCount === 1 ? texts.order.serial : words.serialOf(index + 1)}
          problem={
            !decided.ok && decided.at.includes(index) ? words.problems[decided.problem] : undefined
          }
          placeholder={words.madeUp}
          value={serial}
          onChange={(value) => setTyped(typed.map((each, at) => (at === index ? value : each)))}
        />
      ))}
    </FormDialog>
  );
}
