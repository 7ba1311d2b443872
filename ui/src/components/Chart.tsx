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
import { AXIS, GRID, LEGEND, TIP, useColour } from "./drawing";
import { figure } from "./said";

export interface Point {
  /** Where it is from left to right. */
  at: string;
  [series: string]: string | number | undefined;
}

interface ChartProps {
  /** What it shows, for who can't see it; the same figures stand in a table. */
  label: string;
  points: Point[];
  series: string[];
  height?: number;
}

/** Lines over an order. Load it lazily: what draws it is large. */
export default function Chart({ label, points, series, height = 220 }: ChartProps) {
  const colour = useColour();
  return (
    <div role="img" aria-label={label}>
      <ResponsiveContainer width="100%" height={height}>
        <LineChart data={points} margin={{ top: 8, right: 12, bottom: 0, left: -8 }}>
          <CartesianGrid {...GRID} />
          <XAxis {...AXIS} dataKey="at" />
          <YAxis {...AXIS} domain={["auto", "auto"]} tickFormatter={figure} width={56} />
          <Tooltip formatter={(value) => figure(Number(value))} contentStyle={TIP} />
          <Legend wrapperStyle={LEGEND} />
          {series.map((name, index) => (
            <Line
              key={name}
              dataKey={name}
              stroke={colour(index)}
              isAnimationActive={false}
              connectNulls
              dot={{ r: 2.5 }}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </div>
  );
}
