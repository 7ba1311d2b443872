import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { useSpot } from "./spotlight";
import type { Act, Stub } from "./view";

export interface FrameData extends Record<string, unknown> {
  words: string;
  /** Whose neighbours more of the same are. */
  more?: Pick<Stub, "node" | "direction">;
  members: string[];
  act: (act: Act) => void;
}

export type FrameNode = Node<FrameData, "frame">;

/** What lies around a group of things: how many they are, and the one line to all of them. */
export const Frame = memo(({ data: { words, more, members, act } }: NodeProps<FrameNode>) => {
  const faded = useSpot(({ lit }) => lit !== undefined && !members.some((id) => lit.has(id)));
  return (
    <div className={`frame ${faded ? "is-faded" : ""}`}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <div className="frame-head">
        {words}
        {more !== undefined && (
          <button
            type="button"
            className="stub nodrag"
            tabIndex={-1}
            aria-label={`Show more of the ${words}`}
            onClick={() => act({ do: "expand", id: more.node, direction: more.direction })}
          >
            more
          </button>
        )}
      </div>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
});
