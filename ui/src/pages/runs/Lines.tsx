import {
  CartesianGrid,
  Legend,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { Schemas } from "../../api/client";
import { AXIS, GRID, LEGEND, TIP, useColour } from "../../components/drawing";
import { figure } from "../../components/said";

export interface Named {
  name: string;
  points: Schemas["SeriesPoint"][];
}

interface LinesProps {
  /** What it shows, for who can't see it; the same figures stand in a table. */
  label: string;
  lines: Named[];
  height?: number;
}

/** Figures over steps. Load it lazily: what draws it is large. */
export default function Lines({ label, lines, height = 220 }: LinesProps) {
  const colour = useColour();
  return (
    <div role="img" aria-label={label}>
      <ResponsiveContainer width="100%" height={height}>
        <LineChart margin={{ top: 8, right: 12, bottom: 0, left: -4 }} accessibilityLayer={false}>
          <CartesianGrid {...GRID} />
          <XAxis
            {...AXIS}
            dataKey="step"
            type="number"
            domain={["dataMin", "dataMax"]}
            allowDuplicatedCategory={false}
            tickFormatter={figure}
          />
          <YAxis
            {...AXIS}
            dataKey="value"
            domain={["auto", "auto"]}
            width={56}
            tickFormatter={figure}
          />
          <Tooltip
            formatter={(value) => figure(Number(value))}
            labelFormatter={(step) => `step ${figure(Number(step))}`}
            contentStyle={TIP}
          />
          {lines.length > 1 && <Legend wrapperStyle={LEGEND} />}
          {lines.map(({ name, points }, place) => (
            <Line
              key={name}
              name={name}
              data={plotted(points)}
              dataKey="value"
              stroke={colour(place)}
              isAnimationActive={false}
              dot={points.length < 30 ? { r: 2 } : false}
              strokeWidth={1.5}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </div>
  );
}

/** Return points as they are drawn: those without a step in their order, none that is no number. */
export function plotted(points: Schemas["SeriesPoint"][]): { step: number; value: number }[] {
  return points.flatMap(({ step, value }, place) =>
    typeof value === "number" ? [{ step: step ?? place, value }] : [],
  );
}
