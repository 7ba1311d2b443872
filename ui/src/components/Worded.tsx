import { Code } from "@mantine/core";
import { Fragment } from "react";

/** Words of which what stands in backticks is a command. */
export function Worded({ children }: { children: string }) {
  return parts(children).map(({ text, code, place }) =>
    code ? <Code key={place}>{text}</Code> : <Fragment key={place}>{text}</Fragment>,
  );
}

/** Return the pieces of a text; a backtick without a second one is itself. */
export function parts(text: string): { text: string; code: boolean; place: number }[] {
  return [...text.matchAll(/`([^`]+)`|[^`]+|`/g)].map((found) => ({
    text: found[1] ?? found[0],
    code: found[1] !== undefined,
    place: found.index,
  }));
}
