import { BaseEdge, type Edge, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";
import type { Link } from "./view";
import { linkWords } from "./words";

export interface TieData extends Record<string, unknown> {
  link: Link;
  label: boolean;
  faded: boolean;
  onWay: boolean;
}

export type TieEdge = Edge<TieData, "tie">;

/** One link: its line tells how it is known, its words what the one is to the other. */
export const Tie = memo((props: EdgeProps<TieEdge>) => {
  const { data } = props;
  const [path, x, y] = getBezierPath(props);
  if (data === undefined) return null;
  const { link, label, faded, onWay } = data;
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
        <text className="tie-words" x={x} y={y - 4} textAnchor="middle">
          {words}
        </text>
      )}
    </g>
  );
});
