/** The text of a column that holds a value as JSON. */
export type Json<Value> = string & { readonly __json: Value };

/** Serialises a value for its column. */
export function toJson<Value>(value: Value): Json<Value> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place where such text is made
  return JSON.stringify(value) as Json<Value>;
}

/** The value of a column that `toJson` wrote. */
export function fromJson<Value>(json: Json<Value>): Value {
  return JSON.parse(json);
}
