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
  onWay: boolean;
}

export type TieEdge = Edge<TieData, "tie">;

/** Words are above the stubs that lie on the lines. */
const STUB = 15;

const Line = memo(({ path, link, crowded }: { path: string; link: Link; crowded: boolean }) => (
  <>
    <title>{`${linkWords(link) || link.type}, ${link.evidence}`}</title>
    <BaseEdge path={path} interactionWidth={crowded ? 0 : 12} />
  </>
));

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
  const { link, crowded, near, onWay } = data;
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
      <Line path={path} link={link} crowded={crowded} />
      {words && (
        <text
          className="tie-words"
          x={near === "start" ? props.sourceX + 6 : props.targetX - 6}
          y={(near === "start" ? props.sourceY : props.targetY) - STUB}
          textAnchor={near}
        >
          {words}
        </text>
      )}
    </g>
  );
});
