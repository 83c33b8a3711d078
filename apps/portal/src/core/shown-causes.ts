type Coded = { readonly code: string };

/** A page shows the causes against an unlock, without the order's stage. */
export const shownCauses = <Cause extends Coded>(causes: readonly Cause[]): readonly Cause[] =>
  causes.filter(({ code }) => code !== "PurposeForbidden");

/** The failed unlocks whose code no shown cause has. */
export const untoldFailures = <Failed extends { readonly problem: Coded }>(
  failed: readonly Failed[],
  causes: readonly Coded[],
): readonly Failed[] =>
  failed.filter(({ problem }) => shownCauses(causes).every(({ code }) => code !== problem.code));
