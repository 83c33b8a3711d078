type Coded = { readonly code: string };

/** Of what is in the way of an unlock, a page shows all but the order's stage. */
export const shownCauses = <Cause extends Coded>(causes: readonly Cause[]): readonly Cause[] =>
  causes.filter(({ code }) => code !== "PurposeForbidden");

/** The failed unlocks that no shown cause tells already. */
export const untoldFailures = <Failed extends { readonly problem: Coded }>(
  failed: readonly Failed[],
  causes: readonly Coded[],
): readonly Failed[] =>
  failed.filter(({ problem }) => shownCauses(causes).every(({ code }) => code !== problem.code));
