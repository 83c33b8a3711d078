import {
  COMPLETIONS,
  FAILURES,
  type OperationName,
  type OperatorOrder,
} from "@databox-cmk/protocol";
import type { ReactElement } from "react";

import { ConfirmDialog } from "../order/confirm-dialog.tsx";
import { useTexts } from "../texts/texts.ts";
import { OutcomeDialog } from "./outcome-dialog.tsx";
import { PrepareDialog } from "./prepare-dialog.tsx";
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
        onConfirm={(serials) => {
          onConfirm({ serials });
        }}
        onClose={onClose}
      />
    );
  if (name === "complete" || name === "fail")
    return (
      <OutcomeDialog
        operation={name}
        outcomes={name === "complete" ? COMPLETIONS : FAILURES}
        {...(name === "fail" ? { expected: order.name } : {})}
        onConfirm={(outcome) => {
          onConfirm({ outcome });
        }}
        onClose={onClose}
      />
    );
  const isForce = name === "dispatch";
  const dialog = isForce ? words.forceDialog : words.eraseDialog;
  return (
    <ConfirmDialog
      title={dialog.title}
      text={dialog.text}
      label={words.typeName(order.name)}
      expected={order.name}
      confirm={isForce ? words.forceDispatch : words.buttons.erase}
      onConfirm={() => {
        onConfirm(isForce ? { force: true } : {});
      }}
      onClose={onClose}
    />
  );
}
