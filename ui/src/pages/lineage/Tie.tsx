import { BaseEdge, type Edge, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";
import type { Link } from "./view";
import { linkWords } from "./words";

export interface TieData extends Record<string, unknown> {
  link: Link;
  label: boolean;
  /** The end where fewer lines meet: what it is called is read there. */
  near: "start" | "end";
  /** There is a stub, above which the words are. */
  above: boolean;
  faded: boolean;
  onWay: boolean;
}

export type TieEdge = Edge<TieData, "tie">;

/** One link: its line tells how it is known, its words what the one is to the other. */
export const Tie = memo((props: EdgeProps<TieEdge>) => {
  const { data } = props;
  const [path] = getBezierPath(props);
  if (data === undefined) return null;
  const { link, label, near, above, faded, onWay } = data;
  const marks = [
    "tie",
    `is-${link.evidence}`,
    link.between && "is-bridge",
    faded && "is-faded",
    onWay && "is-on-way",
  ];
  const words = label ? linkWords(link) : "";
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
