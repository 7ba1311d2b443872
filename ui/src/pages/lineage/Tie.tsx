import { BaseEdge, type Edge, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";
import { useSpot } from "./spotlight";
import type { Link } from "./view";
import { linkWords } from "./words";

export interface TieData extends Record<string, unknown> {
  link: Link;
  /** There are so many that only those of what the mouse is over say what they are. */
  crowded: boolean;
  /** What lies in the groups that it may lead from and to. */
  members: ReadonlyMap<string, string[]>;
  /** The end where fewer lines meet: what it is called is read there. */
  near: "start" | "end";
  /** There is a stub, above which the words are. */
  above: boolean;
  onWay: boolean;
}

export type TieEdge = Edge<TieData, "tie">;

/** One link: its line tells how it is known, its words what the one is to the other. */
export const Tie = memo((props: EdgeProps<TieEdge>) => {
  const { data } = props;
  const [path] = getBezierPath(props);
  const among = (id: string) => data?.members.get(id) ?? [id];
  const [from, to] = [among(props.source), among(props.target)];
  const pointed = useSpot(({ over }) => from.includes(over) || to.includes(over));
  const faded = useSpot(({ lit }) => {
    const isLit = (id: string) => lit?.has(id) ?? true;
    return !(from.some(isLit) && to.some(isLit));
  });
  if (data === undefined) return null;
  const { link, crowded, near, above, onWay } = data;
  const marks = [
    "tie",
    `is-${link.evidence}`,
    link.between && "is-bridge",
    faded && "is-faded",
    onWay && "is-on-way",
  ];
  const words = pointed || !crowded ? linkWords(link) : "";
  return (
    <g className={marks.filter(Boolean).join(" ")}>
      <title>{`${linkWords(link) || link.type}, ${link.evidence}`}</title>
      <BaseEdge path={path} interactionWidth={12} />
      {words && (
        <text
          className="tie-words"
          x={near === "start" ? props.sourceX + 6 : props.targetX - 6}
          y={(near === "start" ? props.sourceY : props.targetY) - (above ? 15 : 5)}
          textAnchor={near}
        >
          {words}
        </text>
      )}
    </g>
  );
});
