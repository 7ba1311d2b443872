// What keys do on the map.
import type { Shown } from "./graph";
import type { Act, Direction } from "./view";
import { refOf } from "./words";

export type Deed = Act | { do: "find" } | { do: "help" };

/** Return what a key does to a thing; nothing where it does nothing. */
export function deedOf(key: string, id: string, { nodes, stubs }: Shown): Deed | undefined {
  const node = nodes.find((one) => one.id === id);
  switch (key) {
    case "/":
      return { do: "find" };
    case "?":
      return { do: "help" };
    case "Escape":
      return { do: "choose", id: "" };
  }
  if (node === undefined) return undefined;
  const ahead: Direction = node.depth < 0 ? "up" : "down";
  const behind: Direction = ahead === "up" ? "down" : "up";
  const hides = (direction: Direction) =>
    stubs.some((stub) => stub.node === id && stub.direction === direction);
  switch (key) {
    case "Enter":
      return { do: "expand", id, direction: hides(ahead) || !hides(behind) ? ahead : behind };
    case "Backspace":
      return { do: "collapse", id, direction: ahead };
    case "f":
      return { do: "focus" };
    case "i":
      return { do: "impact", target: refOf(node) };
    case "c":
      return node.sort === "data" ? { do: "columns", id } : undefined;
    case "s":
      if (node.sort === "step" && node.run) return { do: "enter", run: node.run };
      return node.sort === "run" ? { do: "enter", run: id } : undefined;
    default:
      return undefined;
  }
}
