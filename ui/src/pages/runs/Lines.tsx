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
import type { Schemas } from "../../api/client";
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

const COLOURS = ["ink", "teal", "orange", "grape", "red", "gray", "cyan", "lime"];

/** Figures over steps. Load it lazily: what draws it is large. */
export default function Lines({ label, lines, height = 220 }: LinesProps) {
  const { colors } = useMantineTheme();
  return (
    <div role="img" aria-label={label}>
      <ResponsiveContainer width="100%" height={height}>
        <LineChart margin={{ top: 8, right: 12, bottom: 0, left: -4 }} accessibilityLayer={false}>
          <CartesianGrid strokeDasharray="2 4" stroke="var(--mantine-color-default-border)" />
          <XAxis
            dataKey="step"
            type="number"
            domain={["dataMin", "dataMax"]}
            allowDuplicatedCategory={false}
            fontSize={11}
            stroke="var(--mantine-color-dimmed)"
            tickFormatter={figure}
          />
          <YAxis
            dataKey="value"
            domain={["auto", "auto"]}
            fontSize={11}
            width={56}
            stroke="var(--mantine-color-dimmed)"
            tickFormatter={figure}
          />
          <Tooltip
            formatter={(value) => figure(Number(value))}
            labelFormatter={(step) => `step ${figure(Number(step))}`}
            contentStyle={{
              background: "var(--mantine-color-body)",
              border: "1px solid var(--mantine-color-default-border)",
              fontSize: 12,
            }}
          />
          {lines.length > 1 && <Legend wrapperStyle={{ fontSize: 12 }} />}
          {lines.map(({ name, points }, place) => (
            <Line
              key={name}
              name={name}
              data={plotted(points)}
              dataKey="value"
              stroke={colors[COLOURS[place % COLOURS.length] ?? "ink"]?.[6]}
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
