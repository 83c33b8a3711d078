/** The options of `serve`. */
export type LocalUiOptions = {
  /** 0: a free one. */
  readonly port: number;
  readonly host: string;
  readonly model: string;
  /** Program that switches the machine off; undefined: the page cannot. */
  readonly shutDownCommand: string | undefined;
};
