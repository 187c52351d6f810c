import { listReader } from "./list-reader";
import { OpenFeed } from "./registry";
import { textValues } from "./text-values";

/** A plain list: one value a line. A pass is always full. */
export const openText: OpenFeed<"text"> = ({ url }, tools) =>
    listReader({ url, key: "text", values: textValues }, tools);
