import { useMantineTheme } from "@mantine/core";

// How charts look, all of them alike.

export const GRID = { strokeDasharray: "2 4", stroke: "var(--mantine-color-default-border)" };
export const AXIS = { fontSize: 11, stroke: "var(--mantine-color-dimmed)" };
export const LEGEND = { fontSize: 12 };
export const TIP = {
  background: "var(--mantine-color-body)",
  border: "1px solid var(--mantine-color-default-border)",
  fontSize: 12,
};

const COLOURS = ["ink", "teal", "orange", "grape", "red", "gray", "cyan", "lime"];

/** Return what gives a line its colour, by its place among the lines. */
export function useColour(): (place: number) => string | undefined {
  const { colors } = useMantineTheme();
  return (place) => colors[COLOURS[place % COLOURS.length] ?? "ink"]?.[6];
}
