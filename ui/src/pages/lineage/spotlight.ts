// What is chosen and what steps back changes with every move of the mouse: things and ties listen
// to it themselves, so that nothing else is drawn again.
import { createContext, useContext, useEffect, useSyncExternalStore } from "react";
import type { ColumnsOpen } from "./columns";
import { kin } from "./graph";
import type { Link, View } from "./view";

interface Spot {
  /** What the mouse is over. */
  over: string;
  chosen: string;
  /** What does not step back; nothing where all is as bright. */
  lit: ReadonlySet<string> | undefined;
}

export class Spotlight {
  spot: Spot = { over: "", chosen: "", lit: undefined };
  private readonly listeners = new Set<() => void>();
  private links: Link[] = [];
  private lasting: Spot["lit"];
  private fixed = false;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Choose a thing; `lasting` is bright where the mouse points to nothing, or always if `fixed`. */
  choose(chosen: string, links: Link[], lasting: Spot["lit"], fixed: boolean): void {
    this.lasting = lasting;
    this.fixed = fixed;
    this.links = links;
    this.show(this.spot.over, chosen);
  }

  /** Let what has to do with a thing be bright. */
  point(over: string): void {
    this.show(over, this.spot.chosen);
  }

  private show(over: string, chosen: string): void {
    const lit = over && !this.fixed ? kin(over, this.links) : this.lasting;
    this.spot = { over, chosen, lit };
    for (const listener of this.listeners) listener();
  }
}

export const SpotlightContext = createContext(new Spotlight());

export function useSpot<T extends string | boolean>(read: (spot: Spot) => T): T {
  const light = useContext(SpotlightContext);
  return useSyncExternalStore(light.subscribe, () => read(light.spot));
}

/** Let the light follow the view. */
export function useSpotlight(
  light: Spotlight,
  { at, mode }: View,
  links: Link[],
  way: string[],
  columns: ColumnsOpen,
): void {
  useEffect(() => {
    const focus = mode === "focus" && at !== "";
    const rest = columns.on ?? (way.length > 0 ? new Set(way) : undefined);
    light.choose(at, links, focus ? kin(at, links) : rest, focus);
  }, [light, at, mode, links, way, columns.on]);
}
