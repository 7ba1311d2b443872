import { useMantineTheme } from "@mantine/core";
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

const COLOURS = ["ink.6", "teal.7", "orange.7", "grape.6", "red.6", "gray.6"];

/** Lines over an order. Load it lazily: what draws it is large. */
export default function Chart({ label, points, series, height = 220 }: ChartProps) {
  const { colors } = useMantineTheme();
  const colour = (index: number) => {
    const [name = "ink", shade = "6"] = (COLOURS[index % COLOURS.length] ?? "ink.6").split(".");
    return colors[name]?.[Number(shade)];
  };
  return (
    <div role="img" aria-label={label}>
      <ResponsiveContainer width="100%" height={height}>
        <LineChart data={points} margin={{ top: 8, right: 12, bottom: 0, left: -8 }}>
          <CartesianGrid strokeDasharray="2 4" stroke="var(--mantine-color-default-border)" />
          <XAxis dataKey="at" fontSize={11} stroke="var(--mantine-color-dimmed)" />
          <YAxis
            fontSize={11}
            stroke="var(--mantine-color-dimmed)"
            domain={["auto", "auto"]}
            tickFormatter={figure}
            width={56}
          />
          <Tooltip
            formatter={(value) => figure(Number(value))}
            contentStyle={{
              background: "var(--mantine-color-body)",
              border: "1px solid var(--mantine-color-default-border)",
              fontSize: 12,
            }}
          />
          <Legend wrapperStyle={{ fontSize: 12 }} />
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
