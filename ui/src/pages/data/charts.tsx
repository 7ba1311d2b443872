import "./charts.css";
import type { Schemas } from "../../api/client";
import { figure, many } from "../../components/said";
import { shown } from "./said";

interface HistogramProps {
  of: Schemas["Histogram"];
  label: string;
  /** What was before is drawn in another colour. */
  before?: boolean;
  width?: number;
  height?: number;
}

/** How many values lie in each of equally wide cells. */
export function Histogram({ of, label, before, width = 160, height = 36 }: HistogramProps) {
  const most = Math.max(...of.counts, 1);
  const cell = width / of.counts.length;
  const [low, high] = [shown(of.edges[0]), shown(of.edges[of.edges.length - 1])];
  return (
    <svg
      className={before ? "bars before" : "bars"}
      width={width}
      height={height}
      role="img"
      aria-label={`${label}: from ${low} to ${high}`}
    >
      {of.counts.map((count, place) => {
        const tall = count ? Math.max(1, (count / most) * (height - 1)) : 0;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
          <g key={place}>
            <rect x={place * cell} y={height - 1 - tall} width={cell - 1} height={tall} />
            <title>
              {shown(of.edges[place])} to {shown(of.edges[place + 1])}:{" "}
              {many(Math.round(count), "row")}
            </title>
          </g>
        );
      })}
      <line className="axis" x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} />
    </svg>
  );
}

/** A check's figure over the versions, the oldest first; a version that fails is red. */
export function Trend({ of }: { of: Schemas["CheckFigure"][] }) {
  const values = of.map(({ value }) => value ?? null);
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const step = 14;
  const y = (value: number | null) =>
    value === null || low === high ? 12 : 20 - ((value - low) / (high - low)) * 16;
  const line = of.map(
    (_, place) => `${place ? "L" : "M"}${6 + place * step} ${y(values[place] ?? null)}`,
  );
  const last = of[of.length - 1];
  return (
    <svg
      className="trend"
      width={of.length * step}
      height={24}
      role="img"
      aria-label={`${of.map((one) => `version ${one.version} ${one.status}`).join(", ")}; last ${figure(last?.value)}`}
    >
      {of.length > 1 && <path d={line.join("")} />}
      {of.map((one, place) => (
        <circle
          key={one.version}
          className={one.status === "passed" ? undefined : "failed"}
          cx={6 + place * step}
          cy={y(values[place] ?? null)}
          r={3}
        >
          <title>
            version {one.version}: {one.status}, {figure(one.value)}
          </title>
        </circle>
      ))}
    </svg>
  );
}
