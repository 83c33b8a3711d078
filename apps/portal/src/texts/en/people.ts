/** The choice of people from the directory. */
export const people = {
  type: "Type the beginning of a name, or an object ID.",
  none: "No user of the directory has a name that begins so. You can type an object ID.",
};
