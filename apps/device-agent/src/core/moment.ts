/** A point in time that no hand can set: this boot, and the milliseconds of its clock. */
export type Moment = { readonly bootId: string; readonly bootMs: number };
